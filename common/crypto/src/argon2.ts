import { type Bytes, copyBytes, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { argon2idAsync } from "@noble/hashes/argon2.js";

/** Cost of Argon2id (RFC 9106), version 0x13: memory in KiB, passes, lanes. */
export type Argon2Cost = { readonly memoryKiB: number; readonly passes: number; readonly lanes: number };

/**
 * 32 bytes from a passphrase by Argon2id. The passphrase enters in NFKC, so that two keyboards agree.
 * Throws MalformedError if cost or salt (at least 16 bytes) is out of bounds: they may come from an untrusted record.
 */
export async function argon2id(passphrase: string, salt: Uint8Array, cost: Argon2Cost): Promise<Bytes> {
  const { memoryKiB: m, passes: t, lanes: p } = cost;
  if (salt.length < 16 || !(m >= 19_456 && m <= 1_048_576 && t >= 1 && t <= 16 && p === 1))
    throw new MalformedError("Argon2id cost");
  return copyBytes(await argon2idAsync(encodeUtf8(passphrase.normalize("NFKC")), salt, { m, t, p, dkLen: 32 }));
}
