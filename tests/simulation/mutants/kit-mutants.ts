import type { Mutant } from "./mutant.ts";

/** Of first armings that the recovery kit's key signs too. */
export const kitMutants: readonly Mutant[] = [
  {
    name: "the kit's signature is not checked",
    breaks: ["S5"],
    seed: "45",
    file: "common/statements/src/fold-policy.ts",
    find: 'expectThat(isSignedByKit(policy, view.revocationKey), "kit");',
    replace: 'expectThat(isSignedByKit(policy, view.revocationKey) || policy.body.kit !== "", "kit");',
  },
  {
    name: "the kit signs a later arming too",
    breaks: ["S5"],
    seed: "45",
    file: "common/statements/src/fold-policy.ts",
    find: 'expectThat(latestPolicy(view, policy.body.b) === null, "not-first");',
    replace: "",
  },
  {
    name: "the kit hastens a loosening too",
    breaks: ["S5"],
    seed: "45",
    file: "common/switch/src/bind.ts",
    find: "bindsAtAttended: attendedNow + coolingMs }",
    replace: "bindsAtAttended: attendedNow + (history.armedWithKit === true ? 86_400_000 : coolingMs) }",
  },
  {
    name: "every first arming counts as the kit's",
    breaks: ["S5"],
    seed: "2",
    file: "server/keyholder/src/accept/accept-control.ts",
    find: "applyFirstPolicy(next, body.kit !== undefined, attendedMs)",
    replace: "applyFirstPolicy(next, body.k === 1, attendedMs)",
  },
];
