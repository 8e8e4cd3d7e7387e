import { describe, expect, it } from "vitest";
import { isFrozen, neverFrozen } from "./incident-freeze.ts";
import type { SwitchPolicy } from "./policy.ts";
import { stateDescriptions, type SwitchState, switchStates } from "./states.ts";
import { aWatchedSwitch, letHappen, type WatchedEvent } from "./testing/a-watched-switch.ts";
import { stateOf } from "./testing/watched-state.ts";
import { anArmedSwitch, aPolicy, aRecipient, days } from "./testing/an-armed-switch.ts";
import { daysUntilReleased, explore } from "./testing/explore.ts";
import { carla, disarm, small, worlds } from "./testing/worlds.ts";

function walk(policy: SwitchPolicy, events: readonly WatchedEvent[]): Set<string> {
  const transitions = new Set<string>();
  let watched = aWatchedSwitch(policy, anArmedSwitch({ policy }).history, 0);
  for (const event of events) {
    const next = letHappen(watched, event);
    if (stateOf(next) !== stateOf(watched)) transitions.add(`${stateOf(watched)} → ${stateOf(next)}`);
    watched = next;
  }
  return transitions;
}

const wait = (ms: number): WatchedEvent => ({ is: "wait", ms });
const day: readonly WatchedEvent[] = [{ is: "reminder" }, { is: "call" }, wait(days(1))];
const times = <Item>(count: number, items: readonly Item[]): Item[] =>
  Array.from({ length: count }, () => items).flat();

/** What can follow once everybody has fetched: too late for the worlds. */
function afterTheEnd(): Set<string>[] {
  const released: WatchedEvent[] = [...times(9, day), { is: "fetch", r: "anna" }, { is: "fetch", r: "ben" }];
  const armsAgain: WatchedEvent = { is: "policy", policy: small, isLoosening: false };
  return [
    [disarm[1], armsAgain],
    [carla[1], wait(days(7))],
  ].map((after) => walk(small, [...released, ...after]));
}

/** What a request leads to in policies that the worlds have not: with guardians, for one alone, and one that is taken away again. */
function otherRequests(): Set<string>[] {
  const slow = { ...small.times, interval: days(12), reminders: [days(6)] };
  const requests = [{ r: "anna", wait: days(3) }];
  const alone = aPolicy({ times: slow, requests, recipients: [aRecipient("anna")] });
  const guarded = { ...alone, guardians: { ids: ["gus"], k: 1, s: 1 } };
  const ask: WatchedEvent[] = [{ is: "ask", r: "anna" }, { is: "callAboutRequest" }];
  const shorter = (interval: number, first: number): WatchedEvent => {
    const policy = { ...alone, id: "none", times: { ...slow, interval, reminders: [first] }, requests: [] };
    return { is: "policy", policy, isLoosening: true };
  };
  const dropped = (interval: number, first: number) =>
    walk(alone, [shorter(interval, first), wait(days(5)), ...ask, wait(days(1)), { is: "reminder" }, wait(days(1))]);
  return [
    walk(alone, [wait(days(7)), ...ask, wait(days(3))]),
    walk(guarded, [wait(days(7)), ...ask, wait(days(3))]),
    dropped(days(11), days(6)),
    dropped(days(6.5), days(6)),
  ];
}

describe("every history of a small switch", () => {
  const explored = worlds.map(explore);
  const walked = [...afterTheEnd(), ...otherRequests()];
  const visited = Math.min(...explored.map((world) => world.visited));
  const decided = Math.min(...explored.map((world) => world.decided));
  const transitions = new Set([
    ...explored.flatMap((world) => [...world.transitions]),
    ...walked.flatMap((one) => [...one]),
  ]);

  it("keeps every invariant on every path", () => {
    expect(visited).toBeGreaterThan(5_000);
    expect(decided).toBeGreaterThan(10);
  });

  it("moves only as the table of states says, and along every arrow of it", () => {
    const listed = switchStates.flatMap((from) => stateDescriptions[from].next.map((to) => `${from} → ${to}`));
    const fromDraft = listed.filter((one) => one.startsWith("draft"));
    expect([...transitions, ...fromDraft].sort()).toEqual(listed.sort());
  });

  it("leads from everything that keeps it back to a release, without the owner and within a hold's length", () => {
    const kept = explored.flatMap((world) => world.keptBack);
    const took = kept.map((watched) => ({ state: stateOf(watched), days: daysUntilReleased(watched) }));
    expect(new Set(took.map(({ state }) => state)).size).toBe(5);
    expect(took.filter(({ days: length }) => length === null || length > 90 + 60)).toEqual([]);
  });

  it("is delayed by a freeze of the operators for as long as that lasts and for six days at most", () => {
    const frozen = explored.flatMap((world) => world.keptBack).filter(({ incident }) => isFrozen(incident));
    const delays = frozen.flatMap((watched) => {
      const never = daysUntilReleased({ ...watched, incident: neverFrozen });
      const took = daysUntilReleased(watched);
      return never === null || took === null ? [] : [took - never - Math.ceil(watched.incident.leftMs / days(1))];
    });
    expect(delays.length).toBeGreaterThan(500);
    expect(Math.max(...delays)).toBeLessThanOrEqual(6);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  });

  it("is delayed by weak signs under a decision for three days at most, however often they come", () => {
    const released = explored.flatMap((world) => world.released);
    const delays = released.flatMap((watched) => {
      const [alone, pressed] = [daysUntilReleased(watched), daysUntilReleased(watched, [{ is: "token" }])];
      return alone === null || pressed === null ? [] : [pressed - alone];
    });
    expect(delays.length).toBeGreaterThan(500);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    // Why no more here: they come from the first day on, and one of the days is the second recipient's own.
    expect(Math.max(...delays)).toBe(2);
  });

  it("visits every state", () => {
    const reached = new Set<string>([...transitions].map((one) => one.split(" → ")[1] ?? ""));
    const unreached: SwitchState[] = switchStates.filter((state) => !reached.has(state));
    expect(unreached).toEqual(["draft"]);
  });
});
