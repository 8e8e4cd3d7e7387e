import { type Bytes, encodeUtf8, expectLength, type Id, idBytes } from "@afterkeep/bytes";
import { ctx, sha256 } from "@afterkeep/crypto";
import type { BequestContext } from "./bequest.ts";

/** H(ctx("share", B, S_kh)): the policy names the keyholder's share without showing it. */
export function shareCommit(bequest: BequestContext, share: Uint8Array): Bytes {
  return sha256(ctx("share", bequest, expectLength(share, 32, "keyholder share")));
}

/** H(outer) or H(W): the policy names the exact sealed parts. */
export function partHash(part: Uint8Array): Bytes {
  return sha256(part);
}

/** H(ctx("manifest", file)) over the sealed manifest file. */
export function manifestHash(file: Uint8Array): Bytes {
  return sha256(ctx("manifest", file));
}

/**
 * H(ctx("contact", account, r, salt, address)): lets a policy name an address that only those with the salt can check.
 * @param salt 32 random bytes
 * @param address as the person wrote it; the caller brings it into one form first
 */
export function contactCommit(account: Id, r: Id, salt: Uint8Array, address: string): Bytes {
  return sha256(
    ctx("contact", idBytes(account), idBytes(r), expectLength(salt, 32, "contact salt"), encodeUtf8(address)),
  );
}
