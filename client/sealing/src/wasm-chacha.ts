import { type Bytes } from "@afterkeep/bytes";
import { assembleModule, type Code, countDown, type Func, get, i32, i64, seq, set, v128 } from "./wasm-assembler.ts";

/** Where things lie in the module's memory. All numbers are bytes. */
export const place = {
  /** The 16 words of ChaCha20's initial state. */
  state: 0,
  /** Poly1305: the four words of r, then the five of the accumulator. */
  r: 64,
  accumulator: 80,
  /** One block of keystream for the Poly1305 key, then the chunk. */
  keyBlock: 128,
  chunk: 192,
} as const;

/** 64 KiB of chunk, its tag block, and room for a whole group of four blocks: two pages. */
const pages = 2;

/**
 * ChaCha20 with four blocks at once in 128-bit lanes, and Poly1305 in 32-bit words: about 1.5 KB of WebAssembly, assembled here so that
 * what runs is what can be read. `chacha(address, groups)` encrypts 256 bytes a group in place and counts on; `poly(address,
 * blocks)` takes whole blocks into the accumulator. No branch and no address depends on a secret.
 */
export function assembleChaCha(): Bytes {
  return assembleModule([chacha(), poly()], pages);
}

/** Source: RFC 8439, 2.1 to 2.4. Lane k of word i belongs to block k of the group. */
function chacha(): Func {
  const [address, groups, word, temp] = [0, 1, 2, 18];
  const state = (i: number) => v128.loadSplat32(i32.const(0), place.state + 4 * i);
  const x = (i: number) => get(word + i);
  const put = (i: number, value: Code) => set(word + i, value);
  const quarter = (a: number, b: number, c: number, d: number) => {
    const step = (p: number, q: number, r: number, turn: (value: Code) => Code) =>
      seq(put(p, v128.add32(x(p), x(q))), put(r, turn(v128.xor(x(r), x(p)))));
    return seq(
      step(a, b, d, rotateBytes(2, temp)),
      step(c, d, b, rotateBits(12, temp)),
      step(a, b, d, rotateBytes(1, temp)),
      step(c, d, b, rotateBits(7, temp)),
    );
  };
  const columns = [0, 1, 2, 3].map((i) => quarter(i, i + 4, i + 8, i + 12));
  const diagonals = [0, 1, 2, 3].map((i) => quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4)));
  const words = Array.from({ length: 16 }, (_, i) => i);
  const initial = (i: number) => (i === 12 ? v128.add32(state(i), v128.const([0, 1, 2, 3])) : state(i));
  const rounds = temp + 4;
  const body = countDown(
    groups,
    seq(
      ...words.map((i) => put(i, initial(i))),
      set(rounds, i32.const(10)),
      countDown(rounds, seq(...columns, ...diagonals)),
      ...words.map((i) => put(i, v128.add32(x(i), initial(i)))),
      ...[0, 1, 2, 3].map((quad) => xorTransposed(address, word, temp, quad)),
      i32.store(i32.const(0), place.state + 48, i32.add(i32.load(i32.const(0), place.state + 48), i32.const(4))),
      set(address, i32.add(get(address), i32.const(256))),
    ),
  );
  const locals = [
    { count: 20, type: "v128" },
    { count: 1, type: "i32" },
  ] as const;
  return { name: "chacha", parameters: 2, locals, body };
}

/** Words 4·quad… of the four blocks, brought from lanes into the blocks' own order and added to the data. */
function xorTransposed(address: number, word: number, temp: number, quad: number): Code {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => get(word + 4 * quad + i)) as [Code, Code, Code, Code];
  const [lowAB, lowCD, highAB, highCD] = [0, 1, 2, 3].map((i) => get(temp + i)) as [Code, Code, Code, Code];
  const low = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
  const high = low.map((byte) => byte + 8);
  const firstHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
  const secondHalves = firstHalves.map((byte) => byte + 8);
  const blocks = [
    v128.shuffle(lowAB, lowCD, firstHalves),
    v128.shuffle(lowAB, lowCD, secondHalves),
    v128.shuffle(highAB, highCD, firstHalves),
    v128.shuffle(highAB, highCD, secondHalves),
  ];
  return seq(
    set(temp, v128.shuffle(a, b, low)),
    set(temp + 1, v128.shuffle(c, d, low)),
    set(temp + 2, v128.shuffle(a, b, high)),
    set(temp + 3, v128.shuffle(c, d, high)),
    ...blocks.map((keystream, block) => {
      const offset = 64 * block + 16 * quad;
      return v128.store(get(address), offset, v128.xor(v128.load(get(address), offset), keystream));
    }),
  );
}

/** Rotates each lane left by whole bytes. */
function rotateBytes(places: 1 | 2, temp: number): (value: Code) => Code {
  const order = Array.from({ length: 16 }, (_, i) => (i & 12) + ((i + 4 - places) & 3));
  return (value) => seq(set(temp, value), v128.shuffle(get(temp), get(temp), order));
}

function rotateBits(bits: number, temp: number): (value: Code) => Code {
  return (value) => seq(set(temp, value), v128.or(v128.shl32(get(temp), bits), v128.shr32(get(temp), 32 - bits)));
}

/**
 * Source: RFC 8439, 2.5; the arrangement in words of 32 bits is the one of OpenSSL's portable code: r is clamped, so that words 1 to 3
 * are multiples of four, s = r·5/4 is whole, and no sum passes 64 bits.
 */
function poly(): Func {
  const [address, blocks, h, r, s, d, carry] = [0, 1, 2, 7, 11, 15, 19];
  const H = (i: number) => get(h + i);
  const R = (i: number) => get(r + i);
  const S = (i: number) => get(s + i);
  const D = (i: number) => get(d + i);
  const top = (value: Code) => i64.shr(value, 32);
  /** Σ H(j)·r^(i−j), with the part beyond 2¹²⁸ folded back by s. */
  const product = (i: number) =>
    i64.add(
      ...([0, 1, 2, 3].map((j) => i64.mul(H(j), j <= i ? R(i - j) : S(4 + i - j))) as [Code, Code, Code, Code]),
      ...(i === 0 ? [] : [i64.mul(H(4), S(i))]),
    );
  const block = seq(
    set(d, i64.add(H(0), i64.loadU32(get(address), 0))),
    ...[1, 2, 3].map((i) => set(d + i, i64.add(H(i), top(D(i - 1)), i64.loadU32(get(address), 4 * i)))),
    set(h + 4, i64.add(H(4), top(D(3)), i64.const(1))),
    ...[0, 1, 2, 3].map((i) => set(h + i, i64.low(D(i)))),
    ...[0, 1, 2, 3].map((i) => set(d + i, product(i))),
    set(h + 4, i64.mul(H(4), R(0))),
    ...[1, 2, 3].map((i) => set(d + i, i64.add(D(i), top(D(i - 1))))),
    set(h + 4, i64.add(H(4), top(D(3)))),
    // 2¹³⁰ ≡ 5: what lies above two bits of the top word comes back five times, as once and four times.
    set(carry, i64.add(i64.shr(H(4), 2), i64.and(H(4), i64.const(-4)))),
    set(h + 4, i64.and(H(4), i64.const(3))),
    ...[0, 1, 2, 3].map((i) =>
      seq(set(carry, i64.add(get(carry), i64.low(D(i)))), set(h + i, i64.low(get(carry))), set(carry, top(get(carry)))),
    ),
    set(h + 4, i64.add(H(4), get(carry))),
    set(address, i32.add(get(address), i32.const(16))),
  );
  const zero = i32.const(0);
  const body = seq(
    ...[0, 1, 2, 3].map((i) => set(r + i, i64.loadU32(zero, place.r + 4 * i))),
    ...[1, 2, 3].map((i) => set(s + i, i64.add(R(i), i64.shr(R(i), 2)))),
    ...[0, 1, 2, 3, 4].map((i) => set(h + i, i64.loadU32(zero, place.accumulator + 4 * i))),
    countDown(blocks, block),
    ...[0, 1, 2, 3, 4].map((i) => i64.storeU32(zero, place.accumulator + 4 * i, H(i))),
  );
  return { name: "poly", parameters: 2, locals: [{ count: 18, type: "i64" }], body };
}
