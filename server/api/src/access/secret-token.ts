import { createHash, randomBytes } from "node:crypto";

/** A token that opens something: 32 random bytes, given out once as base64url. We keep its SHA-256 alone. */
export type SecretToken = { token: string; hash: Buffer };

export function makeToken(): SecretToken {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashToken(token) };
}

/** What is stored and looked up for a token (43 characters of base64url). */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(Buffer.from(token, "base64url")).digest();
}
