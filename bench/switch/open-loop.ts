import { setTimeout as delay } from "node:timers/promises";

/**
 * Starts a call at every tick of a fixed rate, however the ones before it fare: waiting for a slow answer would hide it. Answers the ms
 * from each call's scheduled moment to its end, until `calls` run out or `isOver`.
 */
export async function openLoop(
  perSecond: number,
  calls: Iterable<() => Promise<void>>,
  isOver: () => boolean = () => false,
): Promise<number[]> {
  const start = performance.now();
  const pending: Promise<number>[] = [];
  for (const call of calls) {
    const scheduled = start + (pending.length * 1000) / perSecond;
    const wait = scheduled - performance.now();
    if (wait > 0) await delay(wait);
    if (isOver()) break;
    pending.push(call().then(() => performance.now() - scheduled));
  }
  return Promise.all(pending);
}

export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
