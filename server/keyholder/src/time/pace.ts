import { gapFloorMs } from "@afterkeep/switch";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** How often the keyholder ticks and how much one tick may credit, in product ms (protocol §5, Ticks; demo scales it). */
export type Pace = {
  readonly tickMs: number;
  /** The most that one step may credit. */
  readonly capMs: number;
  /** How far the wall clock may be from where it is expected: more is a leap, or behind. */
  readonly slackMs: number;
  /** How long one good probe counts. */
  readonly probeValidMs: number;
  /** From which length on a time without credit is an outage. */
  readonly gapFloorMs: number;
  /** How long a wall clock that leapt ahead must stay so before it is believed. */
  readonly leapBelievedMs: number;
  /** How long, running, the wall clock may be behind what was recorded before that is taken for wrong, and everything is held. */
  readonly longestDoubtMs: number;
  /** The real time between two ticks. */
  readonly realTickMs: number;
};

/** @param factor product time per real time: 1, or more in a demo. A real tick is never shorter than 100 ms. */
export function paceOf(factor: number): Pace {
  const realTickMs = Math.max(minuteMs / factor, 100);
  const tickMs = Math.round(realTickMs * factor);
  const atLeast = (ms: number, ticks: number) => Math.max(ms, ticks * tickMs);
  return {
    realTickMs,
    tickMs,
    capMs: 2 * tickMs,
    slackMs: 2 * tickMs,
    probeValidMs: atLeast(5 * minuteMs, 5),
    gapFloorMs: atLeast(gapFloorMs, 20),
    leapBelievedMs: atLeast(60 * minuteMs, 10),
    longestDoubtMs: atLeast(7 * dayMs, 100),
  };
}
