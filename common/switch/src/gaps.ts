import { deriveSwitch } from "./derive.ts";
import type { Gap, SwitchHistory } from "./history.ts";
import { dayMs, hourMs, type SwitchPolicy } from "./policy.ts";

/** Shorter outages are nothing that a person would have to be told of. */
export const gapFloorMs = 6 * hourMs;
/** No outage, however long, adds more than this (attended). */
const longestExtraMs = 72 * hourMs;

/**
 * The service was away for `lengthMs`, in which no time was attended. During reminding or grace a person may have tried to
 * check in and found a closed door: one more reminder must be accepted now, and then half the outage pass, before the phase ends. Never
 * begins a phase anew, so that no number of reboots can stall a release. Source: protocol §5, Gaps.
 *
 * @param lengthMs of the outage; a clock that is wrongly ahead, and not believed, can only make it longer, which delays
 */
export function applyGap(
  policy: SwitchPolicy,
  history: SwitchHistory,
  lengthMs: number,
  attendedNow: number,
): SwitchHistory {
  // Why without what was asked: silence goes on beside it, and its own phase is what an outage falls into.
  const { state } = deriveSwitch(policy, { ...history, requests: [] }, attendedNow);
  if (lengthMs < gapFloorMs || (state !== "reminding" && state !== "grace")) return history;
  const extraMs = Math.min(Math.ceil(lengthMs / 2), longestExtraMs);
  const last = history.gaps.at(-1);
  // Why at most one reminder a day: a service that comes and goes must not write to a person every few hours.
  if (last?.phase === state && attendedNow - last.atAttended < dayMs)
    return { ...history, gaps: [...history.gaps.slice(0, -1), prolonged(last, attendedNow + extraMs)] };
  const gap: Gap = { index: (last?.index ?? -1) + 1, phase: state, atAttended: attendedNow, extraMs, notBefore: 0 };
  return { ...history, gaps: [...history.gaps, gap] };
}

function prolonged(gap: Gap, notBefore: number): Gap {
  return { ...gap, notBefore: Math.max(gap.notBefore, notBefore) };
}
