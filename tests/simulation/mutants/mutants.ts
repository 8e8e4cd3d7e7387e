/** A seeded bug: one place in one file of the product, planted by the loader of the simulator's own process only. */
export type Mutant = {
  readonly name: string;
  /** The invariants of which one must be found broken. */
  readonly breaks: readonly string[];
  /** It takes minutes to meet; tried where AFTERKEEP_SIMULATION is "whole". */
  readonly isSlow?: true;
  /** Met by the same silent world with three clock zones, rather than by lives. */
  readonly isTwins?: true;
  /** A seed whose worlds meet it early. */
  readonly seed: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};

const keyholder = (file: string) => `server/keyholder/src/${file}`;
const rules = (file: string) => `common/switch/src/${file}`;

/** Those of protocol §7 that the keyholder and its rules can have, then more, until every check has one that it finds. */
export const mutants: readonly Mutant[] = [
  {
    name: "ladder reset",
    breaks: ["L1", "L2", "L6", "L7"],
    seed: "2",
    file: rules("reminders.ts"),
    find: "return { history: { ...heard, remindersAccepted: [...history.remindersAccepted, accepted] }, noted: true };",
    replace:
      "return { history: { ...history, lastSign: history.lastSign && { ...history.lastSign, attended: attendedNow }, remindersAccepted: [...history.remindersAccepted, accepted] }, noted: true };",
  },
  {
    name: "trusted iat",
    breaks: ["S1", "S9", "S2", "S5"],
    seed: "2",
    file: keyholder("accept/accept-check-in.ts"),
    find: '{ kind: "signed", id, leaves }, moment);',
    replace: '{ kind: "signed", id, leaves }, { ...moment, attendedMs: body.iat });',
  },
  {
    name: "wall-clock credit",
    breaks: ["S1", "S5", "S9"],
    seed: "2",
    file: keyholder("time/attended-time.ts"),
    find: "Math.min(elapsedMs, recordedWall - this.#recorded.recordedWall, this.#pace.capMs)",
    replace: "recordedWall - this.#recorded.recordedWall",
  },
  {
    name: "instant loosening",
    breaks: ["S5"],
    seed: "2",
    file: rules("bind.ts"),
    find: "if (bound !== null && judged.loosens) {",
    replace: "if (bound !== null && judged.loosens && bound.n > 9) {",
  },
  {
    name: "restore without hold",
    breaks: ["S8"],
    seed: "2",
    file: keyholder("keyholder.ts"),
    find: "if (store.isRestored) holdEverything(parts);",
    replace: "",
  },
  {
    name: "lost check-in",
    breaks: ["S1", "S9", "S2"],
    seed: "2",
    file: keyholder("accept/accept-check-in.ts"),
    find: "for (const bequest of listBequests(parts.store, account))\n      hearSign",
    replace: "for (const bequest of listBequests(parts.store, account).slice(9))\n      hearSign",
  },
  {
    name: "last call marked sent before sending",
    breaks: ["S9"],
    seed: "2",
    file: keyholder("decide/call-owner.ts"),
    find: "let isAccepted = false;",
    replace: "let isAccepted = true;",
  },
  {
    name: "last call without wait",
    breaks: ["S1", "S9"],
    seed: "2",
    file: rules("ladder.ts"),
    find: "lastCallAccepted + lastCallWait(policy.times)",
    replace: "lastCallAccepted + 0 * lastCallWait(policy.times)",
  },
  {
    name: "epoch not raised",
    breaks: ["S8", "L5"],
    seed: "2",
    file: keyholder("store/epoch.ts"),
    find: "Math.max(readEpoch(store), store.markedEpoch, above) + 1;",
    replace: "readEpoch(store);",
  },
  {
    name: "earliest too late",
    breaks: ["S2"],
    seed: "2",
    file: keyholder("accept/receipt.ts"),
    find: "isStill(state) ? 0 : wallMs + left,",
    replace: "isStill(state) ? 0 : wallMs + left + 7_200_000,",
  },
  {
    name: "disarm ignored",
    breaks: ["E2", "S3"],
    seed: "2",
    file: rules("sign.ts"),
    find: "disarmed: { id: disarm.id } },",
    replace: "disarmed: null },",
  },
  {
    name: "oldest manifest",
    breaks: ["S4"],
    seed: "2",
    file: keyholder("store/manifests.ts"),
    find: "order by mseq desc limit 1",
    replace: "order by mseq limit 1",
  },
  {
    name: "no first week",
    breaks: ["S5"],
    seed: "2",
    file: rules("left.ts"),
    find: "return (armedAtAttended ?? 0) + firstArmingMs;",
    replace: "return armedAtAttended ?? 0;",
  },
  {
    name: "delay ignored",
    breaks: ["S1"],
    seed: "2",
    file: rules("derive.ts"),
    find: "at: decidedAt + delayOf(policy, r)",
    replace: "at: Math.min(decidedAt, delayOf(policy, r))",
  },
  {
    name: "credit over gaps",
    breaks: ["S1", "S5", "S9"],
    seed: "2",
    file: keyholder("time/attended-time.ts"),
    find: "isHealthy && this.#last?.isHealthy === true",
    replace: "this.#last !== null",
  },
  {
    name: "weak sign without limit",
    breaks: ["S7"],
    seed: "2",
    file: rules("sign.ts"),
    find: "now <= lastSigned + policy.weakMax",
    replace: "now >= 0",
  },
  {
    name: "decision not withdrawn",
    breaks: ["S1", "E4", "E1"],
    seed: "2",
    file: rules("sign.ts"),
    find: "return { history: { ...undecided, slots },",
    replace: "return { history,",
  },
  {
    name: "fetch without its row",
    breaks: ["E3"],
    seed: "2",
    file: keyholder("release/grant.ts"),
    find: "addFetch(parts.store, {",
    replace: "if (attendedMs < 0) addFetch(parts.store, {",
  },
  {
    name: "due forgotten",
    breaks: ["L1", "L2", "L6", "L7"],
    seed: "2",
    file: rules("derive.ts"),
    find: "const wakes = [due, firstArmingEnd(history),",
    replace: "const wakes = [firstArmingEnd(history),",
  },
  {
    name: "doubt without end",
    breaks: ["L5"],
    seed: "2",
    file: keyholder("decide/tick.ts"),
    find: "if (parts.time.isDoubtOver()) {",
    replace: "if (parts.pace.tickMs < 0) {",
  },
  {
    name: "every leap believed",
    isSlow: true,
    breaks: ["L5", "L1", "L7"],
    seed: "5",
    file: keyholder("time/wall-clock.ts"),
    find: "if (monotonicMs - this.#leap.sinceMs < this.#pace.leapBelievedMs) return expected;",
    replace: "",
  },
  {
    name: "hold without end",
    breaks: ["L7"],
    seed: "2",
    file: rules("hold.ts"),
    find: "attendedNow + Math.max(interval + grace, holdFloorMs);",
    replace: "attendedNow + 9 * Math.max(interval + grace, holdFloorMs);",
  },
  {
    name: "only the first address",
    breaks: ["L6"],
    seed: "2",
    file: keyholder("decide/call-owner.ts"),
    find: "bequest.policy.contacts.flatMap(",
    replace: "bequest.policy.contacts.slice(0, 1).flatMap(",
  },
  {
    name: "unreachable for ever",
    breaks: ["L3"],
    seed: "2",
    file: rules("unreachable.ts"),
    find: "from + policy.unreachableExtra;",
    replace: "from + 40 * policy.unreachableExtra;",
  },
  {
    name: "every outage is a long one",
    breaks: ["L2"],
    seed: "1",
    file: rules("gaps.ts"),
    find: "Math.min(Math.ceil(lengthMs / 2), longestExtraMs)",
    replace: "Math.max(Math.ceil(lengthMs / 2), longestExtraMs)",
  },
  {
    name: "credit only after a week of running",
    breaks: ["L4"],
    seed: "37",
    file: keyholder("time/attended-time.ts"),
    find: "const mayCredit = isHealthy &&",
    replace: "const mayCredit = monotonicMs > 7 * 86_400_000 && isHealthy &&",
  },
  {
    name: "outages add nothing",
    breaks: ["S1"],
    seed: "2",
    file: rules("gaps.ts"),
    find: "Math.min(Math.ceil(lengthMs / 2), longestExtraMs)",
    replace: "0 * Math.min(Math.ceil(lengthMs / 2), longestExtraMs)",
  },
  {
    name: "pause forgotten",
    breaks: ["S3", "S1"],
    seed: "2",
    file: rules("pause.ts"),
    find: "paused: pauseFrom(pause, attendedNow) } };",
    replace: "paused: pauseFrom({ ...pause, forMs: 0 }, attendedNow) } };",
  },
  {
    name: "any answer is a proof",
    breaks: ["S11"],
    seed: "2",
    file: keyholder("release/proofs.ts"),
    find: "if (isMeant) return;",
    replace: "if (matches.length >= 0) return;",
  },
  {
    name: "a wrap without its secret",
    breaks: ["S6"],
    seed: "2",
    file: "common/crypto/src/wrap.ts",
    find: "hkdf(ikm, salt, info, 64)",
    replace: "hkdf(salt, salt, info, 64 + 0 * ikm.length)",
  },
  {
    name: "told without the signed decision",
    breaks: ["E5"],
    seed: "2",
    file: keyholder("switches/describe-switch.ts"),
    find: "getRelease(store, history.decision.id),",
    replace: '"",',
  },
  {
    name: "a disarm of one is a disarm of all",
    breaks: ["E2"],
    seed: "2",
    file: keyholder("accept/accept-control.ts"),
    find: 'hearing: (heardBy) => (scope === "account" || b === heardBy ? disarm : signed)',
    replace: 'hearing: (heardBy) => (scope === "account" || b === heardBy || heardBy !== "" ? disarm : signed)',
  },
  {
    name: "nobody calls but the clock zone",
    breaks: ["L12"],
    seed: "24",
    file: rules("derive.ts"),
    find: 'isOver || now < nextTryCounts(history) ? [] : [{ do: "reachOwner" }]',
    replace: 'isOver || now > nextTryCounts(history) ? [] : [{ do: "reachOwner" }]',
  },
  {
    name: "a word that hastens",
    breaks: ["S10"],
    seed: "2",
    isTwins: true,
    file: keyholder("switches/note-reminder.ts"),
    find: "if (noted) parts.store.commit(() => saveBequest(parts.store, { ...bequest, history }, attendedMs));",
    replace:
      'const { policy } = bequest; const isLie = reminder.phase === "gap" && !noted; const times = { ...policy.times, grace: policy.times.grace - 3_600_000 }; const hastened = isLie ? { policy: { ...policy, times }, storedPolicy: "" } : {}; if (noted || isLie) parts.store.commit(() => saveBequest(parts.store, { ...bequest, history, ...hastened }, attendedMs));',
  },
];

/** Throws for a name that no mutant has: a misspelt one would be found by nothing and look like a hole in the checks. */
export function findMutant(name: string): Mutant {
  const mutant = mutants.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
}
