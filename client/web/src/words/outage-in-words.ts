import type { OutageInfo } from "@afterkeep/sdk";
import { formatShortDay, formatSpan, type Reader } from "./dates.ts";

const reasons: Record<OutageInfo["reason"], string> = {
  away: "this service was off",
  unreachable: "this service could not be reached",
  clock: "our clock was in doubt",
};

/** A time that counted as nobody's silence. Why no dates of one that is still to come: the clock that named them was wrong. */
export function describeOutage({ untilMs, lengthMs, reason }: OutageInfo, nowMs: number, reader: Reader = {}): string {
  if (untilMs > nowMs) return "Our clock was wrong for a while.";
  const [from, until] = [untilMs - lengthMs, untilMs].map((at) => formatShortDay(at, reader));
  const when = from === until ? `On ${from}` : `From ${from} to ${until}`;
  return `${when}, for ${formatSpan(lengthMs)}, ${reasons[reason]}.`;
}
