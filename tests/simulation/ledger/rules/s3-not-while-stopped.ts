import type { BequestFacts, Moment } from "../facts.ts";
import type { Rule } from "../rule.ts";

/** S3: no grant while disarmed or paused. (Held and the hold's end: S1 and S8; a freeze lets no time pass.) */
export const s3: Rule = {
  invariant: "S3",
  onDecision: ({ facts, now }) => whileDisarmed(facts, "decided") ?? whilePaused(facts, now),
  onGrant: ({ facts }) => whileDisarmed(facts, "granted"),
};

function whilePaused({ paused, isUncertain }: BequestFacts, now: Moment): string | null {
  const isOver = paused === null || isUncertain || now.served >= paused.from.served + paused.ms;
  return isOver ? null : "decided while paused";
}

function whileDisarmed(facts: BequestFacts, what: string): string | null {
  return facts.disarmed === null || facts.isUncertain ? null : `${what} while disarmed`;
}
