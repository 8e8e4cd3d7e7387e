import { type Bytes, copyBytes } from "@afterkeep/bytes";
import { argon2dAsync, argon2idAsync } from "@noble/hashes/argon2.js";
import { expectCost } from "./passphrase.ts";

/** What an export's own Argon2 asks for. `version` is 0x13 unless the file says 0x10. */
export type ForeignArgon2 = {
  readonly variant: "argon2d" | "argon2id";
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly version?: 0x10 | 0x13;
};

const maxMemoryKiB = 1_048_576;
/** KiB × passes: about half a minute on an everyday machine. */
const maxWork = 8 * 1_048_576;

/**
 * 32 bytes by another program's Argon2, whose cost is untrusted: up to 1 GiB, 64 lanes, 8 GiB × passes. Throws ImportError beyond
 * that, and the signal's reason if it is aborted meanwhile. Weak costs are allowed: they are the other program's choice.
 */
export async function stretchWithArgon2(
  secret: Uint8Array,
  salt: Uint8Array,
  { variant, memoryKiB: m, passes: t, lanes: p, version = 0x13 }: ForeignArgon2,
  signal: AbortSignal | undefined,
): Promise<Bytes> {
  const isWhole = [m, t, p].every((value) => Number.isSafeInteger(value) && value >= 1);
  expectCost(isWhole && m >= 8 * p && m <= maxMemoryKiB && p <= 64 && m * t <= maxWork);
  signal?.throwIfAborted();
  const stretch = variant === "argon2d" ? argon2dAsync : argon2idAsync;
  const onProgress = () => signal?.throwIfAborted();
  return copyBytes(await stretch(secret, salt, { m, t, p, version, dkLen: 32, maxmem: 2 ** 31, onProgress }));
}
