export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const yearMs = 365 * dayMs;

/** The keyholder's tick, and the grid that everything happens on. */
export const tickMs = minuteMs;

/**
 * How long a good probe counts in a simulation. Why four ticks and not the five of production: then every tick sends one, and a tick that
 * stands for many leaves the last one as old as those would have.
 */
export const probeValidMs = 4 * tickMs;

/** The next moment of the grid that is at least `ms` away. */
export function onGrid(ms: number): number {
  return Math.max(1, Math.ceil(ms / tickMs)) * tickMs;
}

/** The true moment at which every world begins, wall ms. */
export const startWallMs = Date.UTC(2027, 0, 1);
