/** The browser's own clock: for showing and for refreshing, never for deciding. The one place that reads it. */
export const browserClock = { nowMs: (): number => Date.now() };
