import { createHash } from "node:crypto";

/** What a test draws, replayable. */
export class Draw {
  #state: Buffer;
  #at = 0;

  readonly #isNarrow: boolean;

  /** @param isNarrow mostly the first of what there is to pick from: for calls that are to meet at the same rows */
  constructor(seed: string, isNarrow = false) {
    this.#state = createHash("sha256").update(seed).digest();
    this.#isNarrow = isNarrow;
  }

  below(limit: number): number {
    if (this.#at >= 28) this.#state = createHash("sha256").update(this.#state).digest();
    this.#at = this.#at >= 28 ? 0 : this.#at + 4;
    return this.#state.readUInt32LE(this.#at) % limit;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return this.#isNarrow && this.chance(75) ? from[0] : (from[this.below(from.length)] ?? from[0]);
  }

  some<T>(from: readonly [T, ...T[]]): T[] {
    return [...new Set(Array.from({ length: 1 + this.below(3) }, () => this.pick(from)))];
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}
