import { type Bytes, concatBytes } from "./concat.ts";
import { MalformedError } from "./malformed.ts";

/** A 32-bit unsigned integer, big-endian, in 4 bytes. Throws MalformedError outside 0…2³²−1. */
export function u32be(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new MalformedError("32-bit unsigned integer");
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Reads the 4 bytes at `offset` as u32be. Throws MalformedError if they are not all there. */
export function readU32be(bytes: Uint8Array, offset = 0): number {
  if (offset < 0 || offset + 4 > bytes.length) throw new MalformedError("32-bit unsigned integer");
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset);
}

/**
 * A length-prefixed field, `u32be(length) ‖ bytes`.
 * Why: without the length, ("ab","c") and ("a","bc") would concatenate to the same bytes. Source: specs/encodings.md, Framing.
 */
export function lp(bytes: Uint8Array): Bytes {
  return concatBytes(u32be(bytes.length), bytes);
}
