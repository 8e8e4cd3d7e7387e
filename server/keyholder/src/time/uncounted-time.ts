import type { OutageReason } from "@afterkeep/contracts";

/** Adds up, since time was last credited, for how long this process ran and nothing counted, and why. Monotonic ms. */
export class UncountedTime {
  #unreachableMs = 0;
  #clockMs = 0;

  add(elapsedMs: number, isClockBehind: boolean): void {
    if (isClockBehind) this.#clockMs += elapsedMs;
    else this.#unreachableMs += elapsedMs;
  }

  forget(): void {
    this.#unreachableMs = 0;
    this.#clockMs = 0;
  }

  get ranMs(): number {
    return this.#unreachableMs + this.#clockMs;
  }

  /**
   * How long it was in all, and what most of it came from; the part in which nothing was added is one in which nothing ran.
   * @param gapMs by the wall clock, which sees no time that it went back over
   */
  since(gapMs: number): { lengthMs: number; reason: OutageReason } {
    const { ranMs } = this;
    const lengthMs = Math.round(Math.max(gapMs, ranMs));
    if (lengthMs - ranMs > Math.max(this.#unreachableMs, this.#clockMs)) return { lengthMs, reason: "away" };
    return { lengthMs, reason: this.#clockMs > this.#unreachableMs ? "clock" : "unreachable" };
  }
}
