import { type Code, get, i32, i64, seq, set } from "./wasm-assembler.ts";
import { local, place } from "./wasm-locals.ts";

const H = (i: number) => get(local.h + i);
const R = (i: number) => get(local.r + i);
const S = (i: number) => get(local.s + i);
const D = (i: number) => get(local.d + i);
const putH = (i: number, value: Code) => set(local.h + i, value);
const putD = (i: number, value: Code) => set(local.d + i, value);
const top = (value: Code) => i64.shr(value, 32);
const zero = i32.const(0);

/**
 * One whole block, `offset` bytes behind `local.block`, into the accumulator: in pieces, one after the other, between which other work may
 * stand.
 * Source: RFC 8439, 2.5; the arrangement in words of 32 bits is the one of OpenSSL's portable code: r is clamped, so that words 1 to 3
 * are multiples of four, s = r·5/4 is whole, and no sum passes 64 bits.
 */
export function polyBlock(offset: number): readonly Code[] {
  const word = (i: number) => i64.loadU32(get(local.block), offset + 4 * i);
  return [
    putD(0, i64.add(H(0), word(0))),
    ...[1, 2, 3].map((i) => putD(i, i64.add(H(i), top(D(i - 1)), word(i)))),
    putH(4, i64.add(H(4), top(D(3)), i64.const(1))),
    ...[0, 1, 2, 3].map((i) => putH(i, i64.low(D(i)))),
    ...[0, 1, 2, 3].map((i) => putD(i, product(i))),
    putH(4, i64.mul(H(4), R(0))),
    ...[1, 2, 3].map((i) => putD(i, i64.add(D(i), top(D(i - 1))))),
    putH(4, i64.add(H(4), top(D(3)))),
    // 2¹³⁰ ≡ 5: what lies above two bits of the top word comes back five times, as once and four times.
    set(local.carry, i64.add(i64.shr(H(4), 2), i64.and(H(4), i64.const(-4)))),
    putH(4, i64.and(H(4), i64.const(3))),
    ...[0, 1, 2, 3].map(carryInto),
    putH(4, i64.add(H(4), get(local.carry))),
  ];
}

/** Σ H(j)·r^(i−j), with the part beyond 2¹²⁸ folded back by s. */
function product(i: number): Code {
  const parts = [0, 1, 2, 3].map((j) => i64.mul(H(j), j <= i ? R(i - j) : S(4 + i - j)));
  return i64.add(...(parts as [Code, Code, Code, Code]), ...(i === 0 ? [] : [i64.mul(H(4), S(i))]));
}

function carryInto(i: number): Code {
  return seq(
    set(local.carry, i64.add(get(local.carry), i64.low(D(i)))),
    putH(i, i64.low(get(local.carry))),
    set(local.carry, top(get(local.carry))),
  );
}

/** Brings r, s and the accumulator from memory. */
export function loadPoly(): Code {
  return seq(
    ...[0, 1, 2, 3].map((i) => set(local.r + i, i64.loadU32(zero, place.r + 4 * i))),
    ...[1, 2, 3].map((i) => set(local.s + i, i64.add(R(i), i64.shr(R(i), 2)))),
    ...[0, 1, 2, 3, 4].map((i) => putH(i, i64.loadU32(zero, place.accumulator + 4 * i))),
  );
}

export function storePoly(): Code {
  return seq(...[0, 1, 2, 3, 4].map((i) => i64.storeU32(zero, place.accumulator + 4 * i, H(i))));
}
