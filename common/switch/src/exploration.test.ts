import { describe, expect, it } from "vitest";
import { applySign } from "./sign.ts";
import { stateDescriptions, type SwitchState, switchStates } from "./states.ts";
import {
  aWatchedSwitch,
  letHappen,
  stateOf,
  type WatchedEvent,
  type WatchedSwitch,
} from "./testing/a-watched-switch.ts";
import type { SwitchPolicy } from "./policy.ts";
import { anArmedSwitch, aPolicy, aRecipient, days, hours } from "./testing/an-armed-switch.ts";

const small = aPolicy({
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

type Rare = readonly [name: string, event: WatchedEvent];
const sign: Rare = ["sign", { is: "sign" }];
const disarm: Rare = ["disarm", { is: "disarm" }];
const restore: Rare = ["restore", { is: "restore" }];
const carla: Rare = ["carla", { is: "policy", policy: withCarla, isLoosening: true }];

type World = {
  readonly policy: SwitchPolicy;
  /** Whether the keyholder's own messages are refused every day. */
  readonly isMute: boolean;
  readonly fetchesAll: boolean;
  /** Attended ms since the first arming at which a path begins. */
  readonly armedFor: number;
  readonly horizon: number;
  /** What the owner, a thief or a disaster may do; each at most once on a path, two in all, the second on even days. */
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
    ["token", { is: "token" }],
    ["shorter", { is: "policy", policy: shorter, isLoosening: true }],
    ["longer", { is: "policy", policy: longer, isLoosening: false }],
    ["same", { is: "policy", policy: small, isLoosening: false }],
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

type Path = { readonly watched: WatchedSwitch; readonly done: readonly string[] };

function explore(world: World): { visited: number; decided: number; transitions: Set<string> } {
  const transitions = new Set<string>();
  const seen = new Set<string>();
  const { armedFor } = world;
  const { policy, history } = anArmedSwitch({ policy: world.policy, at: -armedFor });
  const signed = applySign(policy, history, { id: "first", class: "signed" }, 0);
  const open: Path[] = [{ watched: aWatchedSwitch(policy, signed.history, 0, -armedFor), done: [] }];
  let decided = 0;
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const key = keyOf(path);
    if (seen.has(key)) continue;
    seen.add(key);
    if (path.watched.witness.decidedAt === path.watched.now) decided++;
    for (const next of follow(path, world)) {
      const [from, to] = [stateOf(path.watched), stateOf(next.watched)];
      if (from !== to) transitions.add(`${from} → ${to}`);
      open.push(next);
    }
  }
  return { visited: seen.size, decided, transitions };
}

function* follow(path: Path, world: World): Generator<Path> {
  const { watched, done } = path;
  const { horizon, rare, isMute } = world;
  // Why twice 91: a hold that ended leaves one more horizon, and one that never ends (disarmed) adds nothing new.
  if (watched.now % days(91) > horizon || watched.now >= 2 * days(91)) return;
  for (const event of usual(path, world)) {
    const tried = isMute && event.is === "wait" ? letHappen(watched, { is: "try" }) : watched;
    yield { watched: letHappen(tried, event), done };
  }
  if (done.length === 2 || (done.length === 1 && watched.now % days(2) !== 0)) return;
  for (const [name, event] of rare)
    if (!done.includes(name) && isPossible(watched, name))
      yield { watched: letHappen(watched, event), done: [...done, name].sort() };
}

/** What time brings. While nothing is counted only the clock's coming right again is anything. */
function usual({ watched }: Path, { isMute, fetchesAll }: World): readonly WatchedEvent[] {
  if (watched.isFrozen) return [{ is: "thaw" }];
  const wait: WatchedEvent = { is: "wait", ms: watched.history.held === null ? days(1) : days(91) };
  // Why not every day: a mailbox that is dead for most of the time is what this world is about.
  if (isMute && watched.now % days(4) !== 0) return [wait];
  // Why not in each: that everybody has fetched is one more place to begin from, and multiplies all that follows.
  const ben: WatchedEvent[] = fetchesAll ? [{ is: "fetch", r: "ben" }] : [];
  return [{ is: "reminder" }, { is: "call" }, { is: "fetch", r: "anna" }, ...ben, wait];
}

/** Whether a policy loosens is known here only against the first one; later pairs belong to the tests of loosening. */
function isPossible({ policy, history }: WatchedSwitch, name: string): boolean {
  // Why only then: the same policy again is a plain sign unless it re-arms.
  if (name === "same") return history.disarmed !== null;
  return policy.id.split("@")[0] === small.id || !["shorter", "longer", "carla", "again"].includes(name);
}

function keyOf({ watched, done }: Path): string {
  const { now, policy, history, witness, isFrozen } = watched;
  // Why without indexes and later reminders: the first accepted one of each phase, and after each gap, is all that any rule reads.
  const since = (at: number) => witness.reminders.find((one) => one.at >= at)?.at ?? -1;
  const first = (phase: string) => witness.reminders.find((one) => one.phase === phase)?.at ?? -1;
  const facts = { ...history, remindersAccepted: [], lastSign: history.lastSign?.attended };
  const told = [first("reminding"), first("grace"), ...witness.gaps.map(({ at }) => since(at))];
  return JSON.stringify([now, isFrozen, policy.id, facts, witness.promised, told, done]);
}

/** What can follow once everybody has fetched: too late for the worlds above. */
function afterTheEnd(): Set<string> {
  const day: WatchedEvent[] = [{ is: "reminder" }, { is: "call" }, { is: "wait", ms: days(1) }];
  const released = [
    ...Array.from({ length: 9 }, () => day).flat(),
    { is: "fetch", r: "anna" },
    { is: "fetch", r: "ben" },
  ] as const;
  const armsAgain: WatchedEvent = { is: "policy", policy: small, isLoosening: false };
  const others = [carla[1], { is: "wait", ms: days(7) }] as const;
  const { policy, history } = anArmedSwitch({ policy: small });
  const transitions = new Set<string>();
  for (const after of [[disarm[1], armsAgain], others]) {
    let watched = aWatchedSwitch(policy, history, 0);
    for (const event of [...released, ...after]) {
      const next = letHappen(watched, event);
      if (stateOf(next) !== stateOf(watched)) transitions.add(`${stateOf(watched)} → ${stateOf(next)}`);
      watched = next;
    }
  }
  return transitions;
}

describe("every history of a small switch", () => {
  const explored = [ofPolicies, ofInterruptions, ofDeadMailbox].map(explore);
  const visited = Math.min(...explored.map((world) => world.visited));
  const decided = Math.min(...explored.map((world) => world.decided));
  const transitions = new Set([...explored.flatMap((world) => [...world.transitions]), ...afterTheEnd()]);

  it("keeps every invariant on every path", () => {
    expect(visited).toBeGreaterThan(5_000);
    expect(decided).toBeGreaterThan(10);
  });

  it("moves only as the table of states says, and along every arrow of it", () => {
    const listed = switchStates.flatMap((from) => stateDescriptions[from].next.map((to) => `${from} → ${to}`));
    const fromDraft = listed.filter((one) => one.startsWith("draft"));
    expect([...transitions, ...fromDraft].sort()).toEqual(listed.sort());
  });

  it("visits every state", () => {
    const reached = new Set<string>([...transitions].map((one) => one.split(" → ")[1] ?? ""));
    const unreached: SwitchState[] = switchStates.filter((state) => !reached.has(state));
    expect(unreached).toEqual(["draft"]);
  });
});
