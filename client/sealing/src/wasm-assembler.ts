import { type Bytes, encodeUtf8 } from "@afterkeep/bytes";

/** Instructions, as the bytes they are. */
export type Code = readonly number[];

/** Source of all numbers below: WebAssembly Core Specification 2.0, Binary Format. */
function uleb(value: number): Code {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

function sleb(value: number): Code {
  const bytes = [];
  for (let left = value; ; left >>= 7) {
    const low = left & 127;
    const isEnd = (left >> 7 === 0 && low < 64) || (left >> 7 === -1 && low >= 64);
    bytes.push(isEnd ? low : low + 128);
    if (isEnd) return bytes;
  }
}

const simd = (opcode: number) => [0xfd, ...uleb(opcode)];
/** Alignment hint 2⁰ and an offset; every address here is checked by the runtime. */
const at = (offset: number) => [0, ...uleb(offset)];

/** An expression, or its parts one after the other. */
export const seq = (...parts: readonly Code[]): Code => parts.flat();

export const get = (local: number): Code => [0x20, ...uleb(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...uleb(local)];

export const i32 = {
  const: (value: number): Code => [0x41, ...sleb(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  sub: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
  load: (address: Code, offset: number): Code => [...address, 0x28, ...at(offset)],
  store: (address: Code, offset: number, value: Code): Code => [...address, ...value, 0x36, ...at(offset)],
};

export const i64 = {
  const: (value: number): Code => [0x42, ...sleb(value)],
  add: (a: Code, ...more: readonly Code[]): Code => [...a, ...more.flatMap((b) => [...b, 0x7c])],
  mul: (a: Code, b: Code): Code => [...a, ...b, 0x7e],
  and: (a: Code, b: Code): Code => [...a, ...b, 0x83],
  shr: (a: Code, bits: number): Code => [...a, ...i64.const(bits), 0x88],
  /** The low 32 bits. */
  low: (a: Code): Code => [...a, 0xa7, 0xad],
  loadU32: (address: Code, offset: number): Code => [...address, 0x35, ...at(offset)],
  storeU32: (address: Code, offset: number, value: Code): Code => [...address, ...value, 0x3e, ...at(offset)],
};

export const v128 = {
  load: (address: Code, offset: number): Code => [...address, ...simd(0x00), ...at(offset)],
  loadSplat32: (address: Code, offset: number): Code => [...address, ...simd(0x09), ...at(offset)],
  store: (address: Code, offset: number, value: Code): Code => [...address, ...value, ...simd(0x0b), ...at(offset)],
  /** Four 32-bit lanes of small constants. */
  const: (lanes: readonly number[]): Code => [...simd(0x0c), ...lanes.flatMap((lane) => [lane, 0, 0, 0])],
  /** Bytes of a (0–15) and b (16–31) in the given order. */
  shuffle: (a: Code, b: Code, order: readonly number[]): Code => [...a, ...b, ...simd(0x0d), ...order],
  or: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x50)],
  xor: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x51)],
  shl32: (a: Code, bits: number): Code => [...a, ...i32.const(bits), ...simd(0xab)],
  shr32: (a: Code, bits: number): Code => [...a, ...i32.const(bits), ...simd(0xad)],
  add32: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xae)],
};

/** Runs `body` until the i32 local `count` has been counted down to zero; at least once. */
export function countDown(count: number, body: Code): Code {
  const again = [...i32.sub(get(count), i32.const(1)), 0x22, ...uleb(count), 0x0d, 0];
  return [0x03, 0x40, ...body, ...again, 0x0b];
}

export type LocalType = "i32" | "i64" | "v128";
const types: Record<LocalType, number> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };

/** A function that takes i32 parameters and returns nothing. Its locals follow the parameters. */
export type Func = {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly { readonly count: number; readonly type: LocalType }[];
  readonly body: Code;
};

/** A module with these functions and one memory of `pages` × 64 KiB, all of them exported. */
export function assembleModule(functions: readonly Func[], pages: number): Bytes {
  const vector = (items: readonly Code[]) => [...uleb(items.length), ...items.flat()];
  const section = (id: number, content: Code) => [id, ...uleb(content.length), ...content];
  const name = (text: string) => vector([...encodeUtf8(text)].map((byte) => [byte]));
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      vector(functions.map(({ parameters }) => [0x60, ...vector(Array<Code>(parameters).fill([0x7f])), 0])),
    ),
    ...section(3, vector(functions.map((_, index) => uleb(index)))),
    ...section(5, vector([[0x01, ...uleb(pages), ...uleb(pages)]])),
    ...section(
      7,
      vector([[...name("memory"), 2, 0], ...functions.map((f, index) => [...name(f.name), 0, ...uleb(index)])]),
    ),
    ...section(10, vector(functions.map(bodyOf))),
  ]);
}

function bodyOf({ locals, body }: Func): Code {
  const groups = [...uleb(locals.length), ...locals.flatMap(({ count, type }) => [...uleb(count), types[type]])];
  const code = [...groups, ...body, 0x0b];
  return [...uleb(code.length), ...code];
}
