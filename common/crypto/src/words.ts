import { type Bytes, copyBytes, expectLength, MalformedError } from "@afterkeep/bytes";
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";

/** 32 secret bytes as 24 BIP-39 English words; the last word carries an 8-bit checksum. */
export function encodeKeyWords(key: Uint8Array): string[] {
  return entropyToMnemonic(expectLength(key, 32, "key"), wordlist).split(" ");
}

/** Reads 24 typed words, in any case. Throws MalformedError if a word is unknown or the checksum does not fit. */
export function decodeKeyWords(words: readonly string[]): Bytes {
  try {
    return expectLength(copyBytes(mnemonicToEntropy(words.join(" ").toLowerCase(), wordlist)), 32, "recovery words");
  } catch {
    throw new MalformedError("list of 24 recovery words");
  }
}

/** The first `count` groups of 11 bits, each as a BIP-39 English word. No checksum: these are compared, never typed. */
export function wordsOfBits(bytes: Uint8Array, count: number): string[] {
  if (bytes.length * 8 < count * 11) throw new MalformedError("byte string for words");
  return Array.from({ length: count }, (_, i) => wordlist[bitsAt(bytes, i * 11, 11)] ?? "");
}

function bitsAt(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let bit = from; bit < from + count; bit++)
    value = (value << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  return value;
}
