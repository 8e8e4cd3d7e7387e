import { hourMs } from "../../world/time.ts";
import type { DecisionCase, Rule } from "../rule.ts";
import { inDays } from "../violation.ts";

/** F1: while two operators have frozen everything, nothing is decided, given or asked, and every switch that runs is shown as frozen. */
export const f1: Rule = {
  invariant: "F1",
  isAbout: ({ now }) => now.isFrozen,
  onDecision: () => "decided in a freeze",
  onGrant: () => "granted in a freeze",
  onAsked: () => "a request was noted in a freeze",
  onShown: ({ state, isFresh }) => (isFresh && !stopped.has(state) ? `shown as ${state} in a freeze` : null),
};

const stopped: ReadonlySet<string> = new Set(["frozen", "disarmed", "closed", "draft"]);

/** F3: whoever was being warned when everything was frozen is warned once more, and some hours are counted after that. */
export const f3: Rule = {
  invariant: "F3",
  isAbout: ({ facts }) => facts.warnedAtFreeze !== null,
  onDecision: (decision) => (decision.trigger === "silence" ? unwarned(decision) : null),
};

const leastAnewMs = 12 * hourMs;

function unwarned({ facts, now }: DecisionCase): string | null {
  const { warnedAtFreeze, heard, restored } = facts;
  if (warnedAtFreeze === null || heard.at >= warnedAtFreeze.at || restored !== null) return null;
  const since = now.served - warnedAtFreeze.served;
  return since >= leastAnewMs ? null : `decided ${inDays(since)} of counted time after a freeze, unwarned`;
}
