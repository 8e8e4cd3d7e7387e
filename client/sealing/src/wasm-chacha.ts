import { type Code, get, i32, seq, set, v128 } from "./wasm-assembler.ts";
import { local, place } from "./wasm-locals.ts";

/** Four blocks of keystream. */
export const groupLength = 256;

const words = Array.from({ length: 16 }, (_, i) => i);
const x = (i: number) => get(local.word + i);
const put = (i: number, value: Code) => set(local.word + i, value);
const state = (i: number) => v128.loadSplat32(i32.const(0), place.state + 4 * i);
/** Lane k of word i belongs to block k of the group. */
const initial = (i: number) => (i === 12 ? v128.add32(state(i), v128.const([0, 1, 2, 3])) : state(i));

/**
 * Encrypts the 256 bytes at `local.address` in place and counts on. `rounds` is all twenty, made of `doubleRound`.
 * Source: RFC 8439, 2.1 to 2.4.
 */
export function cipherGroup(rounds: Code): Code {
  const zero = i32.const(0);
  return seq(
    ...words.map((i) => put(i, initial(i))),
    rounds,
    ...words.map((i) => put(i, v128.add32(x(i), initial(i)))),
    ...[0, 1, 2, 3].map(xorTransposed),
    i32.store(zero, place.state + 48, i32.add(i32.load(zero, place.state + 48), i32.const(4))),
    set(local.address, i32.add(get(local.address), i32.const(groupLength))),
  );
}

/** Columns, then diagonals, in pieces between which other work may stand. */
export function doubleRound(): readonly Code[] {
  const columns = [0, 1, 2, 3].map((i) => [i, i + 4, i + 8, i + 12] as const);
  const diagonals = [0, 1, 2, 3].map((i) => [i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4)] as const);
  return [...quarterRounds(columns), ...quarterRounds(diagonals)];
}

/** Why step by step over all four: their steps do not wait for each other. */
function quarterRounds(four: readonly (readonly [a: number, b: number, c: number, d: number])[]): readonly Code[] {
  return [
    ...four.map(([a, b, , d]) => step(a, b, d, rotateLeft(16))),
    ...four.map(([, b, c, d]) => step(c, d, b, rotateLeft(12))),
    ...four.map(([a, b, , d]) => step(a, b, d, rotateLeft(8))),
    ...four.map(([, b, c, d]) => step(c, d, b, rotateLeft(7))),
  ];
}

function step(p: number, q: number, r: number, turn: (value: Code) => Code): Code {
  return seq(put(p, v128.add32(x(p), x(q))), put(r, turn(v128.xor(x(r), x(p)))));
}

/** Why not 16 and 8 by a shuffle of bytes: V8 loads its order anew each time, and is a tenth slower for it. */
function rotateLeft(bits: number): (value: Code) => Code {
  const kept = get(local.temp);
  return (value) => seq(set(local.temp, value), v128.or(v128.shl32(kept, bits), v128.shr32(kept, 32 - bits)));
}

/** Words 4·quad… of the four blocks, brought from lanes into the blocks' own order and added to the data. */
function xorTransposed(quad: number): Code {
  const { address, word, temp } = local;
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
