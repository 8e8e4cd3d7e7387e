import { type Bytes, concatBytes, MalformedError, padme, readU32be, u32be } from "@afterkeep/bytes";

/** The smallest padded size, bytes: all short names look alike. */
const smallestPadded = 512;

/** `u32be(length) ‖ content ‖ zeros` up to the Padmé size, at least 512 bytes. */
export function padContent(content: Uint8Array): Bytes {
  const framed = concatBytes(u32be(content.length), content);
  return concatBytes(framed, new Uint8Array(Math.max(smallestPadded, padme(framed.length)) - framed.length));
}

/** Reads padded content. Throws MalformedError unless it is exactly what padContent writes. */
export function unpadContent(padded: Uint8Array): Bytes {
  const end = 4 + readU32be(padded);
  const isZero = end <= padded.length && padded.subarray(end).every((byte) => byte === 0);
  if (!isZero || padded.length !== Math.max(smallestPadded, padme(end))) throw new MalformedError("padded content");
  return new Uint8Array(padded.slice(4, end));
}
