const minuteMs = 60_000;

/** How often the keyholder ticks and how much one tick may credit, in product ms (protocol §5, Ticks; demo scales it). */
export type Pace = {
  readonly tickMs: number;
  /** The most that one step may credit, and how far the wall clock may be behind before everything stops. */
  readonly capMs: number;
  /** How long one good probe counts. */
  readonly probeValidMs: number;
  /** The real time between two ticks. */
  readonly realTickMs: number;
};

/** @param factor product time per real time: 1, or more in a demo. A real tick is never shorter than 100 ms. */
export function paceOf(factor: number): Pace {
  const realTickMs = Math.max(minuteMs / factor, 100);
  const tickMs = Math.round(realTickMs * factor);
  return { realTickMs, tickMs, capMs: 2 * tickMs, probeValidMs: Math.max(5 * minuteMs, 5 * tickMs) };
}
