import { type SwitchPolicy, weakClasses } from "../policy.ts";
import type { WatchedEvent } from "./a-watched-switch.ts";
import { aPolicy, aRecipient, days, hours } from "./an-armed-switch.ts";

export const small = aPolicy({
  times: { interval: days(2), reminders: [days(1)], grace: days(1), lastCall: days(1) },
  weakMax: days(1),
  recipients: [aRecipient("anna"), aRecipient("ben", { delay: days(1) })],
});
const shorter = { ...small, id: "shorter", times: { ...small.times, interval: days(1), reminders: [hours(12)] } };
const longer = { ...small, id: "longer", times: { ...small.times, interval: days(3), reminders: [days(1)] } };
const withCarla = {
  ...longer,
  id: "carla",
  times: { ...longer.times, interval: days(9) },
  recipients: [...small.recipients, aRecipient("carla")],
};

export type Rare = readonly [name: string, event: WatchedEvent];
const sign: Rare = ["sign", { is: "sign" }];
export const disarm: Rare = ["disarm", { is: "disarm" }];
const restore: Rare = ["restore", { is: "restore" }];
const weak: readonly Rare[] = weakClasses.map((one): Rare => [one, { is: one }]);
export const carla: Rare = ["carla", { is: "policy", policy: withCarla, isLoosening: true }];

/** A small switch, and what may happen to it: all orders of that are walked. */
export type World = {
  readonly policy: SwitchPolicy;
  /** Whether the keyholder's own messages are refused every day. */
  readonly isMute: boolean;
  readonly fetchesAll: boolean;
  /** Whether a recipient may ask on any day, and the call about it is taken or not. */
  readonly asks?: boolean;
  /** Attended ms since the first arming at which a path begins. */
  readonly armedFor: number;
  /** Whether the kit's key signed that arming too. */
  readonly isWithKit?: boolean;
  readonly horizon: number;
  /** What the owner, a thief or a disaster may do; each at most once on a path, two in all where nothing else is said, the second on even days. */
  readonly rareAtMost?: number;
  readonly rare: readonly Rare[];
};

const ofPolicies: World = {
  policy: small,
  isMute: false,
  fetchesAll: false,
  armedFor: 0,
  horizon: days(12),
  rare: [
    sign,
    disarm,
    restore,
    carla,
    ["revoked", { is: "revokeDevice" }],
    ["token", { is: "token" }],
    ["shorter", { is: "policy", policy: shorter, isLoosening: true }],
    ["longer", { is: "policy", policy: longer, isLoosening: false }],
    ["same", { is: "policy", policy: small, isLoosening: false }],
  ],
};
/** The same of an owner who armed with their kit: whatever loosens cools as before. */
const ofKits: World = {
  ...ofPolicies,
  isWithKit: true,
  rare: ofPolicies.rare.filter(([name]) => ["sign", "disarm", "carla", "shorter", "same"].includes(name)),
};
const ofWeakSigns: World = {
  // Why one short: a class that a policy does not name must never count.
  policy: { ...small, classes: ["signed", "token", "delegated"], weakMax: days(3) },
  isMute: false,
  fetchesAll: false,
  armedFor: days(7),
  horizon: days(8),
  rareAtMost: 3,
  rare: [...weak, sign, restore],
};
/** Such signs still count here once it is decided: long after the last signed one. */
const ofReturns: World = {
  policy: { ...small, classes: ["signed", "token", "delegated"], weakMax: days(11) },
  isMute: false,
  fetchesAll: false,
  armedFor: days(7),
  horizon: days(10),
  rare: [
    ["token", { is: "token" }],
    ["delegated", { is: "delegated" }],
    sign,
    restore,
    ["operators freeze", { is: "operatorsFreeze", ms: days(10) }],
  ],
};
const ofInterruptions: World = {
  policy: small,
  isMute: false,
  fetchesAll: true,
  armedFor: days(7),
  horizon: days(7),
  rare: [
    sign,
    disarm,
    restore,
    ["gap", { is: "gap", ms: hours(8) }],
    ["another gap", { is: "gap", ms: hours(40) }],
    ["pause", { is: "pause", ms: days(2) }],
    ["freeze", { is: "freeze" }],
    ["again", { is: "policy", policy: { ...small, id: "again", g: 2 }, isLoosening: false }],
  ],
};

const ofDeadMailbox: World = {
  policy: { ...small, unreachableExtra: days(2), recipients: [aRecipient("anna")] },
  isMute: true,
  fetchesAll: false,
  armedFor: days(7),
  horizon: days(26),
  rare: [["gap", { is: "gap", ms: hours(40) }]],
};

const ofRequests: World = {
  policy: {
    ...small,
    times: { interval: days(5), reminders: [days(1)], grace: days(1), lastCall: days(1) },
    requests: [{ r: "anna", wait: days(3) }],
    recipients: [aRecipient("anna"), aRecipient("ben", { delay: days(1) })],
  },
  isMute: false,
  fetchesAll: false,
  armedFor: days(7),
  horizon: days(9),
  asks: true,
  rareAtMost: 1,
  rare: [
    sign,
    disarm,
    restore,
    ["let go on", { is: "letGoOn" }],
    ["token", { is: "token" }],
    ["gap", { is: "gap", ms: hours(40) }],
    ["pause", { is: "pause", ms: days(2) }],
    ["freeze", { is: "freeze" }],
  ],
};

const ofGuardians: World = {
  policy: {
    ...small,
    guardians: { ids: ["gus", "gia"], k: 1, s: 2 },
    recipients: [aRecipient("anna", { delay: days(1) })],
  },
  isMute: false,
  fetchesAll: false,
  armedFor: days(7),
  horizon: days(8),
  rare: [
    ["confirm", { is: "confirm", by: "gus" }],
    ["stop", { is: "stop", by: "gus" }],
    ["second stop", { is: "stop", by: "gia" }],
    sign,
    disarm,
    restore,
    ["pause", { is: "pause", ms: days(2) }],
    ["freeze", { is: "freeze" }],
  ],
};

const longFreeze: Rare = ["operators freeze", { is: "operatorsFreeze", ms: days(30) }];
const shortFreeze: Rare = ["operators freeze again", { is: "operatorsFreeze", ms: hours(1) }];
const earlyThaw: Rare = ["operators thaw", { is: "operatorsThaw" }];

const ofFreezes: World = {
  policy: { ...small, times: { ...small.times, lastCall: days(4) } },
  isMute: false,
  fetchesAll: false,
  armedFor: days(7),
  horizon: days(10),
  rareAtMost: 2,
  rare: [longFreeze, shortFreeze, sign],
};

const ofFreezesAndOthers: World = {
  ...ofFreezes,
  policy: small,
  horizon: days(8),
  rare: [
    longFreeze,
    earlyThaw,
    carla,
    restore,
    ["gap", { is: "gap", ms: hours(40) }],
    ["pause", { is: "pause", ms: days(2) }],
    ["freeze", { is: "freeze" }],
    ["longer", { is: "policy", policy: longer, isLoosening: false }],
  ],
};

const ofFrozenRequests: World = {
  ...ofRequests,
  horizon: days(8),
  rare: [longFreeze, shortFreeze],
};

const ofFrozenDeadMailbox: World = { ...ofDeadMailbox, rareAtMost: 1, rare: [longFreeze, shortFreeze] };

export const worlds: readonly World[] = [
  ofPolicies,
  ofKits,
  ofWeakSigns,
  ofReturns,
  ofInterruptions,
  ofDeadMailbox,
  ofRequests,
  ofGuardians,
  ofFreezes,
  ofFreezesAndOthers,
  ofFrozenRequests,
  ofFrozenDeadMailbox,
];
