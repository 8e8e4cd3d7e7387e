export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const yearMs = 365 * dayMs;

/** The keyholder's tick, and the grid that everything else happens on: every second tick sends a probe. */
export const tickMs = minuteMs;
export const gridMs = 2 * tickMs;

/** The next moment of the grid that is at least `ms` away. */
export function onGrid(ms: number): number {
  return Math.max(1, Math.ceil(ms / gridMs)) * gridMs;
}

/** The true moment at which every world begins, wall ms. */
export const startWallMs = Date.UTC(2026, 0, 1);
