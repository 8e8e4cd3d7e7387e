/**
 * A date before which no machine that runs this release can rightly be: the first day of the year in which it was written, moved on by hand with a later one. Why fixed, not the build's: two
 * builds of one source are the same. Why so much is enough: a machine without a battery for its clock starts in 1970 or with the year of its firmware.
 */
export const wallFloorMs = Date.UTC(2026, 0, 1);

/** Whether a wall clock shows what cannot be. It is never taken at its word, neither at a first start nor after any time. */
export function isBeforeFloor(wallMs: number): boolean {
  return wallMs < wallFloorMs;
}
