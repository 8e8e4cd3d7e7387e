import type { Mutant } from "./mutant.ts";

/** Of a record that cannot be read. */
export const damageMutants: readonly Mutant[] = [
  {
    name: "a missed sign is forgotten",
    breaks: ["S1", "E4"],
    seed: "59",
    file: "server/keyholder/src/accept/hear-all.ts",
    find: 'noteMissedSign(parts.store, place, { attended: moment.attendedMs, isDropped: kind === "device-revoked" });',
    replace: "",
  },
  {
    name: "nobody is told who did not hear",
    breaks: ["E2"],
    seed: "59",
    file: "server/keyholder/src/accept/receipt.ts",
    find: "...(unread.length === 0 ? {} : { unheard: [...unread] }),",
    replace: "",
  },
];
