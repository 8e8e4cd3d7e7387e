import { type Bytes, copyBytes, expectLength, MalformedError } from "@afterkeep/bytes";

/* In place of common/bytes' base64url.ts in most simulated runs: the same spelling, by the platform's own faster code. */

export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

export function decodeBase64url(text: string): Bytes {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw new MalformedError("base64url");
  return copyBytes(bytes);
}

export function decodeBase64urlExact(text: string, length: number, what = "base64url"): Bytes {
  return expectLength(decodeBase64url(text), length, what);
}
