import { type Bytes, copyBytes } from "./concat.ts";
import { MalformedError } from "./malformed.ts";

/** UTF-8 of well-formed text. Throws MalformedError on a lone surrogate, which has no UTF-8 and would be silently replaced. */
export function encodeUtf8(text: string): Bytes {
  if (!text.isWellFormed()) throw new MalformedError("Unicode text");
  return copyBytes(new TextEncoder().encode(text));
}

/** Reads untrusted UTF-8; a byte order mark is kept as a character. Throws MalformedError on any invalid sequence. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedError("UTF-8 text");
  }
}

/** Bytes of printable ASCII (0x20–0x7e). Throws MalformedError on anything else. */
export function asciiBytes(text: string): Bytes {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new MalformedError("ASCII text");
  return encodeUtf8(text);
}
