import type { Clock } from "@afterkeep/platform";

/** Longer than any arming takes from its first deposit to the policy, and twice the hour within which an api gives back what a restored store lost. */
export const recentMs = 2 * 60 * 60_000;

/**
 * What was deposited so recently that the policy which is to name it may be on its way. In memory only: a process that has just begun cannot know how old anything is, so
 * it takes everything for recent.
 */
export class RecentDeposits {
  readonly #clock: Clock;
  readonly #begunMs: number;
  readonly #deposited = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#begunMs = clock.monotonicMs();
  }

  /** Also of what was there before: whoever deposits it again is arming now. */
  note(place: string): void {
    this.#forget();
    this.#deposited.delete(place);
    this.#deposited.set(place, this.#clock.monotonicMs());
  }

  has(place: string): boolean {
    return this.#isRecent(this.#deposited.get(place) ?? this.#begunMs);
  }

  #isRecent(atMs: number): boolean {
    return this.#clock.monotonicMs() - atMs < recentMs;
  }

  #forget(): void {
    for (const [place, atMs] of this.#deposited) {
      if (this.#isRecent(atMs)) return;
      this.#deposited.delete(place);
    }
  }
}
