import type { Mutant } from "./mutant.ts";

/** Those of the operators' freeze. */
export const freezeMutants: readonly Mutant[] = [
  {
    name: "given in a freeze",
    breaks: ["F1"],
    seed: "17",
    file: "server/keyholder/src/freeze/frozen-by.ts",
    find: "if (frozen === null) return;",
    replace: 'if (frozen?.waitsFor !== "clock") return;',
  },
  {
    name: "one operator is enough",
    breaks: ["F4"],
    seed: "17",
    file: "common/statements/src/freeze-order.ts",
    find: "first.kid !== second.kid && payloadOf",
    replace: "payloadOf",
  },
  {
    name: "a freeze without end",
    breaks: ["F2"],
    seed: "17",
    file: "common/switch/src/incident-freeze.ts",
    find: "const passed = Math.min(ms, freeze.leftMs);",
    replace: "const passed = 0 * ms;",
  },
  {
    name: "nobody is warned anew",
    breaks: ["F3"],
    seed: "10",
    file: "server/keyholder/src/store/events.ts",
    find: "return applyThaw(policy, history, lengthMs, atAttended);",
    replace: "return history;",
  },
  {
    name: "time of a freeze counts",
    breaks: ["S1", "S2", "S9", "S5", "F3"],
    seed: "17",
    file: "server/keyholder/src/time/attended-time.ts",
    find: "(isFrozen ? 0 : credit)",
    replace: "credit",
  },
];
