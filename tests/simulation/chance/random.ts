import { createHash } from "node:crypto";

/** A small, fast, replayable generator (sfc32, seeded by SHA-256 of a text). Not for secrets: that is the point of it. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: string | Uint32Array) {
    const [a = 0, b = 0, c = 0] = typeof seed === "string" ? seedWords(seed) : seed;
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** At least 0, less than 1. */
  part(): number {
    return this.uint32() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.part() < probability;
  }

  /** An integer from `min` to `max`, both possible. */
  between(min: number, max: number): number {
    return min + Math.floor(this.part() * (max - min + 1));
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.between(0, from.length - 1)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  }

  /** Exponentially distributed: the wait for something that happens once in `mean`. */
  wait(mean: number): number {
    return -Math.log(1 - this.part()) * mean;
  }

  fill(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 4) {
      const word = this.uint32();
      for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = word >>> (8 * i);
    }
  }
}

/** Three words that a text stands for. */
export function seedWords(seed: string): Uint32Array {
  const bytes = createHash("sha256").update(seed).digest();
  return Uint32Array.of(bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8));
}
