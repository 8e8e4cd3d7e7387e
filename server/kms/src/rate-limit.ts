import { type Clock, RateLimitedError } from "@afterkeep/platform";

/** A bucket that holds `burst` uses and gains `perSecond` back. */
export type Limit = { burst: number; perSecond: number };
type Bucket = { left: number; atMs: number };

/** Token buckets by name. Time is monotonic, so setting the wall clock opens nothing. */
export class RateLimit {
  readonly #limit: Limit;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: Limit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Takes one use from the bucket of `name`. Throws RateLimitedError `kms-rate-limited` when it is empty. */
  take(name: string): void {
    const now = this.#clock.monotonicMs();
    const left = this.#leftAt(name, now);
    if (left < 1) throw this.#tooMany(left);
    this.#buckets.set(name, { left: left - 1, atMs: now });
    if (this.#buckets.size > 10_000) this.#forgetFull(now);
  }

  #leftAt(name: string, now: number): number {
    const bucket = this.#buckets.get(name) ?? { left: this.#limit.burst, atMs: now };
    return Math.min(this.#limit.burst, bucket.left + ((now - bucket.atMs) / 1000) * this.#limit.perSecond);
  }

  // Why: one bucket for each tenant ever seen would grow without end; a full one says nothing.
  #forgetFull(now: number): void {
    for (const name of this.#buckets.keys()) {
      if (this.#leftAt(name, now) >= this.#limit.burst) this.#buckets.delete(name);
    }
  }

  #tooMany(left: number): RateLimitedError {
    const seconds = Math.ceil((1 - left) / this.#limit.perSecond);
    return new RateLimitedError("kms-rate-limited", "Keys are being asked for faster than they can be needed.", {
      next: `Wait ${seconds} s and try again.`,
    });
  }
}
