const shortestMs = 250;
const longestMs = 30_000;
/** A zone that ran this long (ms) before it died starts a new count. */
export const steadyAfterMs = 60_000;

/** How long to wait (ms) before starting a zone again that has died `deaths` times in a row (1 for the first). */
export function restartDelayMs(deaths: number): number {
  return Math.min(longestMs, shortestMs * 2 ** Math.max(0, deaths - 1));
}
