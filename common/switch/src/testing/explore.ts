import { isFrozen } from "../incident-freeze.ts";
import { applySign } from "../sign.ts";
import { aWatchedSwitch, letHappen, type WatchedEvent } from "./a-watched-switch.ts";
import { stateOf, type WatchedSwitch } from "./watched-state.ts";
import { anArmedSwitch, days } from "./an-armed-switch.ts";
import { small, type World } from "./worlds.ts";

type Path = { readonly watched: WatchedSwitch; readonly done: readonly string[] };

export type Explored = {
  readonly visited: number;
  readonly decided: number;
  readonly transitions: Set<string>;
  /** Some of those that were decided just now. */
  readonly released: readonly WatchedSwitch[];
  /** Some of those that something keeps back. */
  readonly keptBack: readonly WatchedSwitch[];
};

const keptBackStates = ["frozen", "held", "paused", "confirming", "requested"];
/** All of them would take minutes: every so many-th, which is a few thousand. */
const keptBackEvery = 23;

/** Walks every path of a world. Throws with the name of the first invariant that does not hold. */
export function explore(world: World): Explored {
  const transitions = new Set<string>();
  const seen = new Set<string>();
  const { armedFor, isWithKit = false } = world;
  const { policy, history } = anArmedSwitch({ policy: world.policy, at: -armedFor, isWithKit });
  const firstWaitEnds = days(isWithKit ? 1 : 7) - armedFor;
  const signed = applySign(policy, history, { id: "first", class: "signed" }, 0);
  const open: Path[] = [{ watched: aWatchedSwitch(policy, signed.history, 0, firstWaitEnds), done: [] }];
  const [keptBack, released]: [WatchedSwitch[], WatchedSwitch[]] = [[], []];
  let [decided, waiting] = [0, 0];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const key = keyOf(path);
    if (seen.has(key)) continue;
    seen.add(key);
    if (keptBackStates.includes(stateOf(path.watched)) && waiting++ % keptBackEvery === 0) keptBack.push(path.watched);
    if (path.watched.witness.decidedAt === path.watched.now && decided++ % keptBackEvery === 0)
      released.push(path.watched);
    for (const next of follow(path, world)) {
      const [from, to] = [stateOf(path.watched), stateOf(next.watched)];
      if (from !== to) transitions.add(`${from} → ${to}`);
      open.push(next);
    }
  }
  return { visited: seen.size, decided, transitions, released, keptBack };
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
  if (done.length === (world.rareAtMost ?? 2) || (done.length === 1 && watched.now % days(2) !== 0)) return;
  for (const [name, event] of rare)
    if (!done.includes(name) && isPossible(watched, name))
      yield { watched: letHappen(watched, event), done: [...done, name].sort() };
}

/** What time brings. While nothing is counted only the clock's coming right again is anything. */
function usual({ watched }: Path, { isMute, fetchesAll, asks = false }: World): readonly WatchedEvent[] {
  if (watched.isFrozen) return [{ is: "thaw" }];
  if (isFrozen(watched.incident)) return [{ is: "wait", ms: days(10) }];
  const wait: WatchedEvent = { is: "wait", ms: watched.history.held === null ? days(1) : days(91) };
  // Why not every day: a mailbox that is dead for most of the time is what this world is about.
  if (isMute && watched.now % days(4) !== 0) return [wait];
  // Why not in each: that everybody has fetched is one more place to begin from, and multiplies all that follows.
  const ben: WatchedEvent[] = fetchesAll ? [{ is: "fetch", r: "ben" }] : [];
  const isAskingDay = asks && watched.now % days(2) === 0;
  const requests: WatchedEvent[] = isAskingDay ? [{ is: "ask", r: "anna" }, { is: "callAboutRequest" }] : [];
  return [{ is: "reminder" }, { is: "call" }, { is: "fetch", r: "anna" }, ...ben, ...requests, wait];
}

/** Whether a policy loosens is known here only against the first one; later pairs belong to the tests of loosening. */
function isPossible({ policy, history }: WatchedSwitch, name: string): boolean {
  // Why only then: the same policy again is a plain sign unless it re-arms.
  if (name === "same") return history.disarmed !== null;
  return policy.id.split("@")[0] === small.id || !["shorter", "longer", "carla", "again"].includes(name);
}

function keyOf({ watched, done }: Path): string {
  const { now, policy, history, witness, isFrozen: isInDoubt, incident } = watched;
  // Why without indexes and later reminders: the first accepted one of each phase, and after each gap, is all that any rule reads.
  const since = (at: number) => witness.reminders.find((one) => one.at >= at)?.at ?? -1;
  const first = (phase: string) => witness.reminders.find((one) => one.phase === phase)?.at ?? -1;
  const requests = history.requests.map((one) => ({ ...one, id: "" }));
  const facts = { ...history, remindersAccepted: [], requests, lastSign: history.lastSign?.attended };
  const told = [
    first("reminding"),
    first("grace"),
    ...witness.gaps.map(({ at }) => since(at)),
    ...witness.thaws.map(({ at }) => since(at + 1)),
  ];
  return JSON.stringify([
    now,
    isInDoubt,
    incident,
    policy.id,
    facts,
    witness.promised,
    witness.promisedByRequest,
    told,
    done,
  ]);
}

/**
 * Attended days until everything was granted, if the owner stays silent, every message is taken and guardians confirm; null if it never is.
 * @param also what comes every day besides
 */
export function daysUntilReleased(start: WatchedSwitch, also: readonly WatchedEvent[] = []): number | null {
  let watched = letHappen(start, { is: "thaw" });
  const guardians = start.policy.guardians?.ids ?? [];
  const everyDay: WatchedEvent[] = [
    ...also,
    { is: "reminder" },
    { is: "call" },
    { is: "callAboutRequest" },
    ...guardians.map((by) => ({ is: "confirm" as const, by })),
    { is: "wait", ms: days(1) },
  ];
  for (let day = 0; day < 400; day++) {
    if (["released", "closed"].includes(stateOf(watched))) return day;
    for (const event of everyDay) watched = letHappen(watched, event);
  }
  return null;
}
