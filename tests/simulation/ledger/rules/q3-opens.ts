import { freezeMs } from "./l1-due.ts";
import { coolingMs, firstArmingOf, putOffMs, requestWaitOf } from "../arithmetic.ts";
import type { AskedFact, BequestFacts, PolicyFact } from "../facts.ts";
import { unreachableMs } from "../out-of-reach.ts";
import { minuteMs, tickMs } from "../../world/time.ts";
import type { QuietCase, Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/** As for silence, and the life of a proof: an ask that came late was noted so much later. */
const allowanceMs = 4 * tickMs + 10 * minuteMs;

/**
 * Q3: a request that nobody answered opens what it asks for, in time in which all that a release needs was well: the wait, what a mail link puts
 * it off by, and what an owner out of reach takes. Not with a clock zone that lies to an owner out of reach: it can claim that reminders were taken,
 * and then silence is the bound (L12).
 */
export const q3: Rule = {
  invariant: "Q3",
  isAbout: ({ facts, ordeal }) => facts.asked.length > 0 && !(facts.reach === "none" && ordeal === "lying clock zone"),
  onQuiet: (quiet) => {
    const { facts } = quiet;
    if (facts.isUncertain || facts.decision !== null || facts.disarmed !== null || facts.restored !== null) return null;
    const late = facts.asked.map((one) => overdueOf(quiet, one)).find((ms) => ms > 0);
    return late === undefined ? null : `not decided ${inDays(late)} after a request was due`;
  },
};

function overdueOf({ facts, now, freezes }: QuietCase, one: AskedFact): number {
  const { bound, cooling } = facts;
  if (bound === null || !one.isNoted || one.isInDoubt) return 0;
  return (
    now.sure - dueAt(facts, [bound, ...(cooling === null ? [] : [cooling])], one) - freezes * freezeMs - allowanceMs
  );
}

function dueAt(facts: BequestFacts, policies: readonly PolicyFact[], one: AskedFact): number {
  const { reach, heard, armed, maybeHeard, mended } = facts;
  const { r } = one;
  // Why: nobody was called while its record could not be read.
  const asked = mended === null || mended.at < one.asked.at ? one.asked : mended;
  const cooled = Math.max(...policies.map(({ loosens, accepted }) => (loosens ? accepted.sure + coolingMs : 0)));
  const wait = Math.max(...policies.map((policy) => requestWaitOf(policy, r)));
  // Why also since a sign and since what cooled: each begins the count of vain tries anew.
  const told = reach === "none" ? Math.max(asked.sure, heard.sure, cooled) + unreachableMs : asked.sure;
  // Why also a link whose answer was lost: it may have counted.
  const isPutOff = one.mayBePutOff || (maybeHeard !== null && maybeHeard.at >= one.asked.at);
  return Math.max(told + wait + (isPutOff ? putOffMs : 0), cooled, (armed?.sure ?? 0) + firstArmingOf(facts));
}
