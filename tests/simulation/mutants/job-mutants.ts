import type { Mutant } from "./mutant.ts";

/** Of check-ins by a job's key. */
export const jobMutants: readonly Mutant[] = [
  {
    name: "a job counts where nobody lets it",
    breaks: ["S7"],
    seed: "211",
    file: "common/switch/src/sign.ts",
    find: "if (policy === null || !policy.classes.includes(weak))",
    replace: 'if (policy === null || (weak !== "delegated" && !policy.classes.includes(weak)))',
  },
  {
    name: "a job counts for ever",
    breaks: ["S7"],
    seed: "84",
    file: "common/switch/src/sign.ts",
    find: "return lastSigned !== null && now <= lastSigned + policy.weakMax",
    replace: 'return weak === "delegated" || (lastSigned !== null && now <= lastSigned + policy.weakMax)',
  },
  {
    name: "a job goes on after its key was taken away",
    breaks: ["E2"],
    seed: "211",
    file: "common/statements/src/fold-revoke-device.ts",
    find: "without(view.delegates)]",
    replace: "view.delegates]",
  },
];
