import { formatMoment, type Reader } from "./dates.ts";
import type { DatedStep } from "./times-in-words.ts";

/** The same steps, but the release no sooner than at `openMs`: what comes before it keeps its date. */
export function notBefore(steps: readonly DatedStep[], openMs: number, reader: Reader = {}): DatedStep[] {
  return steps.map((step) =>
    step.last && step.at < openMs ? { ...step, at: openMs, when: formatMoment(openMs, reader) } : step,
  );
}
