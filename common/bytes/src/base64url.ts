import { alphabet64 } from "./alphabet64.ts";
import { type Bytes, expectLength } from "./concat.ts";

const codec = alphabet64("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", "base64url");

/** Unpadded base64url (RFC 4648 §5), the spelling of bytes in every JSON of this product. */
export function encodeBase64url(bytes: Uint8Array): string {
  return codec.encode(bytes);
}

/** Reads untrusted unpadded base64url. Only the one canonical spelling is accepted. Throws MalformedError. */
export function decodeBase64url(text: string): Bytes {
  return codec.decode(text);
}

/** As decodeBase64url, and the result must have exactly `length` bytes. `what` names the field in the error. */
export function decodeBase64urlExact(text: string, length: number, what = "base64url"): Bytes {
  return expectLength(codec.decode(text), length, what);
}
