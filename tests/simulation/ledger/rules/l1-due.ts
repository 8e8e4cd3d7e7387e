import { coolingMs, firstArmingOf, heldLadder, lastCallOf, wholeLadder } from "../arithmetic.ts";
import { type BequestFacts, isOldArming, mayBeOpen, type PolicyFact } from "../facts.ts";
import { unreachableMs } from "../out-of-reach.ts";
import { dayMs, hourMs, tickMs } from "../../world/time.ts";
import type { Rule, QuietCase } from "../rule.ts";
import { inDays } from "../violation.ts";

/** A tick each to notice the last call, the decision and what cooled; and the last call's own retry. */
const allowanceMs = 4 * tickMs;

/**
 * The same bound, named after what it was that a world or an owner had to live through. In time in which all that a release needs was
 * well, a silent owner's bequest is decided no later than interval + grace + last call after the last sign, and what outages add.
 */
const bound = (invariant: string): Rule => ({
  invariant,
  isAbout: (quiet) => nameOf(quiet) === invariant,
  onQuiet: late,
});

/** L1: a silent owner. L2: a machine that runs for half of each day or a little more. L3: no address takes anything. */
export const [l1, l2, l3] = [bound("L1"), bound("L2"), bound("L3")];
/** L4: weekly reboots without a battery, and a year's outage. L6: the first address is dead, another is not. L7: a restore. */
export const [l4, l6, l7] = [bound("L4"), bound("L6"), bound("L7")];
/** L11: an arming so old that whatever expires has. */
export const l11 = bound("L11");
/** L12: the clock zone is dead, or lies: 72 attended hours at the most. */
export const l12 = bound("L12");

function nameOf({ facts, ordeal, now }: QuietCase): string {
  if (facts.restored !== null) return "L7";
  if (facts.reach === "none") return "L3";
  if (ordeal === "half days") return "L2";
  if (ordeal === "reboots") return "L4";
  if (ordeal === "dead clock zone" || ordeal === "lying clock zone") return "L12";
  if (isOldArming(facts, now)) return "L11";
  return facts.reach === "some" ? "L6" : "L1";
}

/** The most that one outage adds, and the day in which the message that it asks for is due at the latest. */
const outageMs = 4 * dayMs;
/** All outages together put off the end of a phase for two weeks, and then the last of them adds what one adds. */
const allOutagesMs = 2 * (14 * dayMs + outageMs);

/** What a freeze adds besides its own length: one more warning and what is asked for after it, six days, and a clock zone that is away. */
export const freezeMs = 10 * dayMs;

function late(quiet: QuietCase): string | null {
  const { facts, now, outages, freezes } = quiet;
  const policy = facts.cooling ?? facts.bound;
  if (policy === null || facts.isUncertain || facts.disarmed !== null || facts.decision !== null || mayBeOpen(facts)) {
    return null;
  }
  const puts = Math.min(outages * outageMs, allOutagesMs) + freezes * freezeOf(quiet) + extraOf(quiet);
  const overdue = now.sure - dueAt(facts, policy) - puts - allowanceMs;
  return overdue <= 0 ? null : `${facts.b} not decided ${inDays(overdue)} after it was due`;
}

/** Whoever is out of reach is to be warned anew after a freeze: a clock zone that says they were begins the count of vain calls anew. */
function freezeOf({ facts, ordeal }: QuietCase): number {
  return freezeMs + (facts.reach === "none" && ordeal === "lying clock zone" ? unreachableMs : 0);
}

/** The half days at the ends of two phases: a day until the message, and what an outage may add. */
const halfDaysMs = 2 * dayMs + 72 * hourMs;

function extraOf({ facts, ordeal }: QuietCase): number {
  if (facts.reach === "none") return unreachableMs + (ordeal === "half days" ? halfDaysMs : 0);
  if (ordeal === "half days") return halfDaysMs;
  return ordeal === "dead clock zone" || ordeal === "lying clock zone" ? 72 * hourMs : 0;
}

function dueAt(facts: BequestFacts, policy: PolicyFact): number {
  const { mayBePaused, heldAgain, restored } = facts;
  const pauseEnd = mayBePaused === null ? 0 : mayBePaused.from.sure + mayBePaused.ms;
  const heard = Math.max(facts.heard.sure, facts.maybeHeard?.sure ?? 0, pauseEnd);
  const silence = heard + wholeLadder(policy);
  const held = heldAgain ?? restored;
  const hold = held === null ? 0 : held.sure + heldLadder(policy);
  // Why grace too: while something disarmed cools, nobody is reminded, so the reminders begin when it binds.
  const cooled = policy.loosens ? policy.accepted.sure + coolingMs + policy.grace + lastCallOf(policy) : 0;
  // Why all of it: nobody was warned while its record could not be read.
  const mended = facts.mended === null ? 0 : facts.mended.sure + wholeLadder(policy);
  return Math.max(silence, hold, cooled, mended, (facts.armed?.sure ?? 0) + firstArmingOf(facts));
}
