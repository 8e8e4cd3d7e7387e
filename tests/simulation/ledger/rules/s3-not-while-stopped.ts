import type { BequestFacts } from "../facts.ts";
import type { Rule } from "../rule.ts";

/** S3: no grant while disarmed. (Held and the hold's end: S1 and S8. Nobody pauses yet; a freeze lets no time pass.) */
export const s3: Rule = {
  invariant: "S3",
  onDecision: ({ facts }) => whileDisarmed(facts, "decided"),
  onGrant: ({ facts }) => whileDisarmed(facts, "granted"),
};

function whileDisarmed(facts: BequestFacts, what: string): string | null {
  return facts.disarmed === null || facts.isUncertain ? null : `${what} while disarmed`;
}
