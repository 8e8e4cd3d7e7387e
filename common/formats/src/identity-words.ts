import { type Bytes, expectLength, MalformedError } from "@afterkeep/bytes";
import { decodeKeyWords, encodeKeyWords } from "@afterkeep/crypto";
import { type AgeIdentity, identityKind, parseIdentity } from "./age-keys.ts";

/** `AGE-SECRET-KEY-PQ-1…` is Bech32 of the 32-byte seed that the hybrid key is made from, so 24 words hold all of it. */
const prefix = "age-secret-key-pq-";
const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const checksumLength = 6;
const seedLength = 32;

/** A hybrid identity as 24 BIP-39 English words. Exact in both directions. Throws MalformedError on an X25519 identity. */
export function identityWords(identity: AgeIdentity): string[] {
  if (identityKind(identity) !== "hybrid") throw new MalformedError("hybrid age identity");
  const symbols = [...identity.toLowerCase().slice(prefix.length + 1, -checksumLength)];
  return encodeKeyWords(toBytes(symbols.map((symbol) => alphabet.indexOf(symbol))));
}

/**
 * The hybrid identity of 24 typed words, in any case, with whatever numbers, commas or line breaks stand between them. Throws
 * MalformedError if a word is unknown or the checksum does not fit.
 */
export function identityOfWords(typed: string): AgeIdentity {
  const symbols = toSymbols(decodeKeyWords(typed.match(/[A-Za-z]+/g) ?? []));
  const text = [...symbols, ...checksum(symbols)].map((symbol) => alphabet[symbol]).join("");
  return parseIdentity(`${prefix}1${text}`.toUpperCase());
}

/** 8-bit groups to 5-bit groups, the last filled with zeros. Source: BIP 173. */
function toSymbols(bytes: Uint8Array): number[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((group) => Number.parseInt(group.padEnd(5, "0"), 2));
}

function toBytes(symbols: readonly number[]): Bytes {
  const bits = symbols.map((symbol) => symbol.toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((group) => Number.parseInt(group, 2));
  return expectLength(Uint8Array.from(bytes), seedLength, "hybrid age identity");
}

/** Source: BIP 173, "Checksum"; `BECH32`, not `BECH32M`. */
function checksum(symbols: readonly number[]): number[] {
  const high = [...prefix].map((letter) => letter.charCodeAt(0) >> 5);
  const low = [...prefix].map((letter) => letter.charCodeAt(0) & 31);
  const remainder = polymod([...high, 0, ...low, ...symbols, 0, 0, 0, 0, 0, 0]) ^ 1;
  return Array.from({ length: checksumLength }, (_, i) => (remainder >> (5 * (5 - i))) & 31);
}

function polymod(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  return values.reduce((before, value) => {
    const shifted = ((before & 0x1ffffff) << 5) ^ value;
    return generators.reduce((sum, generator, i) => (((before >> 25) >> i) & 1 ? sum ^ generator : sum), shifted);
  }, 1);
}
