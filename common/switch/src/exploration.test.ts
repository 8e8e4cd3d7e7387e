import { describe, expect, it } from "vitest";
import { stateDescriptions, type SwitchState, switchStates } from "./states.ts";
import {
  aWatchedSwitch,
  letHappen,
  stateOf,
  type WatchedEvent,
  type WatchedSwitch,
} from "./testing/a-watched-switch.ts";
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

/** What the owner, a thief or a disaster may do; each at most once on a path, two in all, the second on even days. */
const rare: readonly [string, WatchedEvent][] = [
  ["sign", { is: "sign" }],
  ["token", { is: "token" }],
  ["disarm", { is: "disarm" }],
  ["restore", { is: "restore" }],
  ["shorter", { is: "policy", policy: shorter, isLoosening: true }],
  ["longer", { is: "policy", policy: longer, isLoosening: false }],
  ["carla", { is: "policy", policy: withCarla, isLoosening: true }],
  ["same", { is: "policy", policy: small, isLoosening: false }],
];
const horizon = days(12);

type Path = { readonly watched: WatchedSwitch; readonly done: readonly string[] };

function explore(): { visited: number; decided: number; transitions: Set<string> } {
  const transitions = new Set<string>();
  const seen = new Set<string>();
  const { policy, history } = anArmedSwitch({ policy: small });
  const open: Path[] = [{ watched: aWatchedSwitch(policy, history, 0), done: [] }];
  let decided = 0;
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const key = keyOf(path);
    if (seen.has(key)) continue;
    seen.add(key);
    if (path.watched.witness.decidedAt === path.watched.now) decided++;
    for (const next of follow(path)) {
      const [from, to] = [stateOf(path.watched), stateOf(next.watched)];
      if (from !== to) transitions.add(`${from} → ${to}`);
      open.push(next);
    }
  }
  return { visited: seen.size, decided, transitions };
}

function* follow({ watched, done }: Path): Generator<Path> {
  // Why twice 91: a hold that ended leaves one more horizon, and one that never ends (disarmed) adds nothing new.
  if (watched.now % days(91) > horizon || watched.now >= 2 * days(91)) return;
  const wait = watched.history.held === null ? days(1) : days(91);
  const events: WatchedEvent[] = [
    { is: "reminder" },
    { is: "call" },
    { is: "fetch", r: "anna" },
    { is: "wait", ms: wait },
  ];
  for (const event of events) yield { watched: letHappen(watched, event), done };
  if (done.length === 2 || (done.length === 1 && watched.now % days(2) !== 0)) return;
  for (const [name, event] of rare)
    if (!done.includes(name) && isPossible(watched, name))
      yield { watched: letHappen(watched, event), done: [...done, name].sort() };
}

/** Whether a policy loosens is known here only against the first one; later pairs belong to the tests of loosening. */
function isPossible({ policy, history }: WatchedSwitch, name: string): boolean {
  // Why only then: the same policy again is a plain sign unless it re-arms.
  if (name === "same") return history.disarmed !== null;
  return policy.id.split("@")[0] === small.id || !["shorter", "longer", "carla"].includes(name);
}

function keyOf({ watched, done }: Path): string {
  const { now, policy, history, witness } = watched;
  // Why without indexes and later reminders: the first accepted one of each phase is all that any rule reads.
  const first = (phase: string) => witness.reminders.find((one) => one.phase === phase)?.at ?? -1;
  const facts = { ...history, remindersAccepted: [], lastSign: history.lastSign?.attended };
  return JSON.stringify([now, policy.id, facts, witness.promised, first("reminding"), first("grace"), done]);
}

describe("every history of a small switch", () => {
  const { visited, decided, transitions } = explore();

  it("keeps every invariant on every path", () => {
    expect(visited).toBeGreaterThan(10_000);
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
