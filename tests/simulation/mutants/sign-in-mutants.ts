import type { Mutant } from "./mutant.ts";

/** Of the api's word that an owner signed in. */
export const signInMutants: readonly Mutant[] = [
  {
    name: "a sign-in counts where nobody lets it",
    breaks: ["S7"],
    seed: "si1",
    from: 9,
    file: "common/switch/src/sign.ts",
    find: "if (policy === null || !policy.classes.includes(weak))",
    replace: 'if (policy === null || (weak !== "attested" && !policy.classes.includes(weak)))',
  },
  {
    name: "a sign-in counts for ever",
    breaks: ["S7"],
    seed: "si1",
    from: 9,
    file: "common/switch/src/sign.ts",
    find: "return lastSigned !== null && now <= lastSigned + policy.weakMax",
    replace: 'return weak === "attested" || (lastSigned !== null && now <= lastSigned + policy.weakMax)',
  },
  {
    name: "a sign-in puts off what does not run",
    breaks: ["S7"],
    seed: "si4",
    from: 1,
    file: "common/switch/src/sign.ts",
    find: 'if (history.disarmed !== null || history.slots.every(isFetched)) return "weak-while-still";',
    replace: "",
  },
  {
    name: "a weak sign suspends a release again and again",
    breaks: ["S7"],
    seed: "si1",
    from: 9,
    file: "common/switch/src/sign.ts",
    find: 'if (wasSuspended(history)) return "weak-while-releasing";',
    replace: "",
  },
  {
    name: "the receipt of a sign-in is thrown away",
    breaks: ["A4"],
    seed: "si2",
    file: "server/api/src/operations/attest.ts",
    find: 'if (receipt === "") return;',
    replace: "if (receipt !== undefined) return;",
  },
];
