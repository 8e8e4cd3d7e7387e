import { MalformedError } from "./malformed.ts";

/**
 * The Padmé size for `length` bytes: the next length whose binary mantissa has at most as many bits as its exponent needs. It adds
 * at most 12 % (falling with size) and leaves O(log log length) bits of information about the length.
 * Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PoPETs 2019, §4.
 *
 * Why BigInt: bit operations on numbers stop at 32 bits, and documents are larger.
 */
export function padme(length: number): number {
  if (!Number.isSafeInteger(length) || length < 0) throw new MalformedError("length");
  if (length < 2) return length;
  const exponent = bitLength(length) - 1;
  const mask = (1n << BigInt(Math.max(0, exponent - bitLength(exponent)))) - 1n;
  return Number((BigInt(length) + mask) & ~mask);
}

function bitLength(value: number): number {
  return value.toString(2).length;
}
