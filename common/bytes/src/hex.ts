import type { Bytes } from "./concat.ts";
import { MalformedError } from "./malformed.ts";

/** Lower-case hexadecimal. */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads untrusted lower-case hexadecimal of even length. Throws MalformedError. */
export function decodeHex(text: string): Bytes {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) throw new MalformedError("hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
