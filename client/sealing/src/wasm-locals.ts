/**
 * Where things lie in the module's memory. All numbers are bytes; what is ciphered begins at a
 * multiple of 256, the length of a group.
 */
export const place = {
  /** The 16 words of ChaCha20's initial state. */
  state: 0,
  /** Poly1305: the four words of r, then the five of the accumulator. */
  r: 64,
  accumulator: 80,
  /** A group of keystream, of which the first 32 bytes are the Poly1305 key. */
  keyBlock: 256,
  chunk: 512,
} as const;

/** The same for every function of the module: its parameters, then what it keeps in registers. */
export const local = {
  address: 0,
  count: 1,
  /** How far the authenticated bytes lie behind the ciphered ones. */
  lag: 2,
  /** Sixteen vectors, then four for what is on its way. */
  word: 3,
  temp: 19,
  rounds: 23,
  /** Where the next block to authenticate lies. */
  block: 24,
  /** Poly1305 in words of 32 bits, each in 64: the accumulator, r, s (from s + 1), the products, and what is carried. */
  h: 25,
  r: 30,
  s: 34,
  d: 38,
  carry: 42,
} as const;

export const parameters = 3;
export const locals = [
  { count: 20, type: "v128" },
  { count: 2, type: "i32" },
  { count: 18, type: "i64" },
] as const;
