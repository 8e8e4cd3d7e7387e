import type { Bytes } from "@afterkeep/bytes";

/** All parts in order. Why not concatBytes: an untrusted file decides how many there are, and that many arguments overflow the stack. */
export function joinBytes(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
