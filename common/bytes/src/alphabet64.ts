import type { Bytes } from "./concat.ts";
import { MalformedError } from "./malformed.ts";

/** One of the two unpadded base64 alphabets of RFC 4648, with its strict codec. */
export type Alphabet64 = { encode(bytes: Uint8Array): string; decode(text: string): Bytes };

const notOfAlphabet = 64;

/**
 * Builds the unpadded codec for an alphabet of 64 ASCII characters.
 *
 * Why not atob or Buffer: they skip characters, accept padding and ignore stray bits, so one byte string would have many
 * spellings, and whoever signs or hashes the text would sign something other than what the next reader sees.
 */
export function alphabet64(alphabet: string, what: string): Alphabet64 {
  const values = new Uint8Array(128).fill(notOfAlphabet);
  for (const [value, character] of Array.from(alphabet).entries()) values[character.charCodeAt(0)] = value;
  const codes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
  return {
    encode: (bytes) => encodeBits(bytes, codes),
    decode: (text) => decodeBits(text, values, what),
  };
}

function encodeBits(bytes: Uint8Array, codes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil((bytes.length * 8) / 6));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) out[at++] = codes[(buffer >> (bits - 6)) & 63] ?? 0;
  }
  if (bits > 0) out[at] = codes[(buffer << (6 - bits)) & 63] ?? 0;
  return new TextDecoder().decode(out);
}

function decodeBits(text: string, values: Uint8Array, what: string): Bytes {
  if (text.length % 4 === 1) throw new MalformedError(what);
  const out = new Uint8Array(Math.floor((text.length * 6) / 8));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? notOfAlphabet;
    if (value === notOfAlphabet) throw new MalformedError(what);
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) out[at++] = (buffer >> (bits -= 8)) & 0xff;
  }
  // Invariant: leftover bits are zero, so each byte string has exactly one spelling. Source: RFC 4648 §3.5.
  if ((buffer & ((1 << bits) - 1)) !== 0) throw new MalformedError(what);
  return out;
}
