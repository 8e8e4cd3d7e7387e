/** Where time comes from. Injected everywhere; nothing else reads the machine's clock. */
export type Clock = {
  /** Wall-clock milliseconds since 1970 (product time in a demo). May jump. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start. Never goes back. */
  monotonicMs(): number;
};

/** The machine's own clock. */
export function systemClock(): Clock {
  return { nowMs: () => Date.now(), monotonicMs: () => Math.floor(performance.now()) };
}

/**
 * Product time of a demo: runs `factor` times faster than real time since `epochMs` (real ms at which product and real time
 * were equal; kept in the data folder so that a restart does not turn time back).
 */
export function scaledClock(scale: { factor: number; epochMs: number }, real: Clock = systemClock()): Clock {
  return {
    nowMs: () => Math.floor(scale.epochMs + (real.nowMs() - scale.epochMs) * scale.factor),
    monotonicMs: () => Math.floor(real.monotonicMs() * scale.factor),
  };
}
