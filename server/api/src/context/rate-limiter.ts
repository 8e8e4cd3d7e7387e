import { type Clock, RateLimitedError } from "@afterkeep/platform";

const defaultWindowMs = 600_000;
const rememberedAtMost = 50_000;

/** Too many calls; `retryAfterMs` from now one more is let in. */
export class TooManyCallsError extends RateLimitedError {
  readonly retryAfterMs: number;
  constructor(code: string, retryAfterMs: number, publicMessage = "There were too many attempts.") {
    super(code, publicMessage, { next: `Wait ${waitInWords(retryAfterMs)}, then try again.` });
    this.retryAfterMs = retryAfterMs;
  }
}

/** Counts calls by name over ten minutes or another window, in memory: what it forgets at a restart was a courtesy, not a wall. */
export type RateLimiter = {
  /** Counts one call. Throws TooManyCallsError once more than `limit` came within the window. */
  take(name: string, limit: number): void;
  /** Takes back one counted call. */
  giveBack(name: string): void;
};

export function createRateLimiter(clock: Clock, windowMs = defaultWindowMs): RateLimiter {
  // Invariant: all windows are equally long and a new one is put at the end, so the first to end is always the first.
  const windows = new Map<string, { count: number; endsAt: number }>();
  return {
    take: (name, limit) => {
      const now = clock.monotonicMs();
      const window = windows.get(name);
      if (window === undefined || window.endsAt <= now) {
        windows.delete(name);
        forgetOldest(windows, now);
        windows.set(name, { count: 1, endsAt: now + windowMs });
      } else if (window.count >= limit) throw new TooManyCallsError("too-many-attempts", window.endsAt - now);
      else window.count += 1;
    },
    giveBack: (name) => {
      const window = windows.get(name);
      if (window !== undefined && window.count > 0) window.count -= 1;
    },
  };
}

// Why also living ones when there are too many: a flood of names must not fill the memory, nor cost more than its own calls.
function forgetOldest(windows: Map<string, { endsAt: number }>, now: number): void {
  for (const [name, window] of windows) {
    if (window.endsAt > now && windows.size < rememberedAtMost) return;
    windows.delete(name);
  }
}

function waitInWords(ms: number): string {
  return ms < 90_000 ? `${Math.ceil(ms / 1000)} seconds` : `${Math.ceil(ms / 60_000)} minutes`;
}
