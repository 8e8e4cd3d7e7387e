/** As often as eyes can follow; sealing reports every 64 KiB, and drawing each report would take longer than the sealing. */
const shortestMs = 150;

/** Passes on at most one report per short while. The last one may be left out: what ended says so itself. */
export function calmProgress<Args extends readonly unknown[]>(
  report: (...args: Args) => void,
  nowMs: () => number,
): (...args: Args) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (...args) => {
    const now = nowMs();
    if (now - lastMs < shortestMs) return;
    lastMs = now;
    report(...args);
  };
}
