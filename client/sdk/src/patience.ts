import type { RandomSource } from "@afterkeep/bytes";
import { ProblemError, UnavailableError } from "./errors.ts";

/** How a device waits and for how long it keeps trying. */
export type Patience = {
  /** Resolves after `ms`, or rejects with the signal's reason. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: RandomSource;
  /** ms of waiting, in total, before one call that keeps failing is given up. A suspended computer does not count. */
  readonly retryForMs: number;
};

const firstWaitMs = 500;
const longestWaitMs = 30_000;

/**
 * Does `work` again while its failures may pass: lost connections, 5xx, 429. Waits longer each time, with jitter so that many clients do
 * not come back at one moment, and never shorter than the server asks. Throws the last failure.
 */
export async function patiently<T>(patience: Patience, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let waitedMs = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const delayMs = Math.max(retryAfterOf(error), backOff(attempt, patience.random));
      if (!isPassing(error) || waitedMs + delayMs > patience.retryForMs) throw error;
      waitedMs += delayMs;
      await patience.wait(delayMs, signal);
    }
  }
}

/** Whether the same call may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof UnavailableError) return error.code !== "storage-full";
  if (!(error instanceof ProblemError)) return false;
  return [408, 425, 429].includes(error.status) || error.code === "part-damaged";
}

/** Between half and the whole of 0.5 s, 1 s, 2 s, … 30 s. */
function backOff(attempt: number, random: RandomSource): number {
  const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 16));
  return Math.round(longest * (0.5 + (random(1)[0] ?? 0) / 510));
}

function retryAfterOf(error: unknown): number {
  return error instanceof UnavailableError || error instanceof ProblemError ? error.retryAfterMs : 0;
}

/** Real time. */
export function waitReally(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
