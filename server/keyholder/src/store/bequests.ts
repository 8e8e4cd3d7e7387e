import { InvariantError } from "@afterkeep/platform";
import { applyMissedSign, type SwitchHistory, type SwitchPolicy } from "@afterkeep/switch";
import { z } from "zod";
import { applyEvent, type CommonEvent, isShownByAll, listEventsAfter } from "./events.ts";
import { forgetMissed, type MissedSign } from "./missed-signs.ts";
import type { Store } from "./store.ts";
import { readHistory, readPolicy } from "./stored-switch.ts";

const rowSchema = z.object({
  account: z.string(),
  b: z.string(),
  policy: z.string().nullable(),
  history: z.string(),
  lastCallTriedAt: z.int(),
  shown: z.string(),
  revision: z.int(),
  eventsKnown: z.int(),
  missedAt: z.int().nullable(),
  isDropped: z.int(),
});

/** A bequest that was armed at least once: the bound policy and everything that happened to its switch. */
export type Bequest = {
  readonly account: string;
  readonly b: string;
  readonly policy: SwitchPolicy;
  readonly history: SwitchHistory;
  /** When the last call was last tried (attended ms), so that a dead mail server is not asked at every tick. */
  readonly lastCallTriedAt: number;
  readonly shown: string;
  readonly revision: number;
  /** The last event of all bequests that this history has taken in. */
  readonly eventsKnown: number;
  /** It was read with what befell all since it was written, and that changed something: `shown` is older than what is derived. */
  readonly isAhead?: boolean;
  /** It was read with a sign that it had missed. */
  readonly hasMissed?: boolean;
  /** The id of the policy that is on disk; absent before the first. */
  readonly storedPolicy?: string;
};

const select = `select account, b, policy, history, last_call_tried_at as lastCallTriedAt, shown, revision,
    events_known as eventsKnown, coalesce(at_attended, missed_at) as missedAt, missed_at is not null or coalesce(is_dropped, 0) as isDropped
  from bequest left join bound_policy using (account, b) left join missed_sign using (account, b)`;

/** What of a bequest an owner's word can change. */
export type HeardBequest = Pick<Bequest, "account" | "b" | "policy" | "history">;

export function findBequest(store: Store, account: string, b: string): Bequest | null {
  const row = store.readRecord(`${account} ${b}`, () => findRow(store, account, b));
  return row === null ? null : toBequest(store, row);
}

type Row = z.infer<typeof rowSchema> & { readonly policy: string };

function findRow(store: Store, account: string, b: string): Row | null {
  const row = store.find(`${select} where account = ? and b = ?`, rowSchema, account, b);
  if (row === null) return null;
  const policy = row.policy ?? findFormerPolicy(store, account, b);
  return policy === null ? null : { ...row, policy };
}

const policySchema = z.object({ policy: z.string() });

function findFormerPolicy(store: Store, account: string, b: string): string | null {
  const former = "select policy from former_policy where account = ? and b = ?";
  return store.find(former, policySchema, account, b)?.policy ?? null;
}

/** The same of one that there is. Throws where its record cannot be read. */
export function getBequest(store: Store, { account, b }: BequestPlace): Bequest {
  const bequest = findBequest(store, account, b);
  if (bequest === null) throw new InvariantError("record-unreadable", "Something went wrong on our side.");
  return bequest;
}

/** Of an account's bequests those that could be read, or heard what was said, and the names of the others. */
export type Listed<Read> = { readonly read: readonly Read[]; readonly unread: readonly string[] };

/** Does something with each bequest of an account. What cannot be read or done keeps no other waiting: it is given to `onError`, which may throw. */
export function eachBequest<Read>(
  store: Store,
  account: string,
  use: (bequest: Bequest) => Read,
  onError: (error: unknown, place: BequestPlace) => void,
): Listed<Read> {
  const [read, unread]: [Read[], string[]] = [[], []];
  for (const place of listPlaces(store, account)) {
    const bequest = tryTo(
      () => getBequest(store, place),
      (error) => onError(error, place),
    );
    if (bequest === null) unread.push(place.b);
    else read.push(use(bequest));
  }
  return { read, unread };
}

function tryTo<Result>(work: () => Result, onError: (error: unknown) => void): Result | null {
  try {
    return work();
  } catch (error) {
    onError(error);
    return null;
  }
}

export function listPlaces(store: Store, account: string): BequestPlace[] {
  return store.all("select account, b from bequest where account = ? order by b", placeSchema, account);
}

const placeSchema = z.object({ account: z.string(), b: z.string() });
export type BequestPlace = Readonly<z.infer<typeof placeSchema>>;
const pageOfPlaces = 1_000;

/** Every bequest's place, a page of them in memory at a time. */
export function* eachPlace(store: Store): Generator<BequestPlace> {
  const page = "select account, b from bequest where (account, b) > (?, ?) order by account, b limit +?";
  let last: BequestPlace | undefined = { account: "", b: "" };
  while (last !== undefined) {
    const places: BequestPlace[] = store.all(page, placeSchema, last.account, last.b, pageOfPlaces);
    yield* places;
    last = places.at(-1);
  }
}

const timers = { settle: "wake", call: "call_at" } as const;

/** Where a walk through what is due has got to. */
const dueSchema = z.object({ at: z.int(), account: z.string(), b: z.string() });
export type DuePlace = Readonly<z.infer<typeof dueSchema>>;
export const beforeAll: DuePlace = { at: -1, account: "", b: "" };

/**
 * Where one of the two timers has come, the longest waiting first, from after a place on: a walk meets each once, also one that stays
 * due because it failed. Places alone, so that a record which cannot be read keeps no other waiting.
 */
export function listDueBequests(
  store: Store,
  timer: keyof typeof timers,
  { attendedMs, after, limit }: { attendedMs: number; after: DuePlace; limit: number },
): DuePlace[] {
  return listUpTo(store, timers[timer], { last: attendedMs, after, limit });
}

/** In the same way, those whose record has not taken in every event up to `newest`. */
export function listBehind(
  store: Store,
  { newest, after, limit }: { newest: number; after: DuePlace; limit: number },
): DuePlace[] {
  return listUpTo(store, "events_known", { last: newest - 1, after, limit });
}

function listUpTo(
  store: Store,
  at: "wake" | "call_at" | "events_known",
  { last, after, limit }: { last: number; after: DuePlace; limit: number },
): DuePlace[] {
  const due = `${at} <= ? and (${at}, account, b) > (?, ?, ?) order by ${at}, account, b limit +?`;
  return store.all(
    `select ${at} as at, account, b from bequest where ${due}`,
    dueSchema,
    last,
    after.at,
    after.account,
    after.b,
    limit,
  );
}

const changeSchema = placeSchema.extend({ revision: z.int() });

/** Where the shown facts changed after `revision`, oldest change first. */
export function listChanges(store: Store, revision: number, limit: number): z.infer<typeof changeSchema>[] {
  const page = "select account, b, revision from bequest where revision > ? order by revision limit +?";
  return store.all(page, changeSchema, revision, limit);
}

/** When a bequest must be looked at, and when its owner is to be called; attended ms, null for never. */
export type Timers = { readonly wake: number | null; readonly callAt: number | null };

export function putBequest(store: Store, bequest: Bequest, { wake, callAt }: Timers): void {
  store.run(
    `insert into bequest values (?, ?, ?, ?, ?, ?, ?, ?, ?, null) on conflict (account, b) do update
      set history = excluded.history, last_call_tried_at = excluded.last_call_tried_at, wake = excluded.wake,
        shown = excluded.shown, revision = excluded.revision, call_at = excluded.call_at,
        events_known = excluded.events_known, missed_at = null`,
    bequest.account,
    bequest.b,
    JSON.stringify(bequest.history),
    bequest.lastCallTriedAt,
    wake,
    bequest.shown,
    bequest.revision,
    callAt,
    bequest.eventsKnown,
  );
  if (bequest.hasMissed === true) forgetMissed(store, bequest);
  // Why by the id: it is the hash of the statement that the policy was read from.
  if (bequest.storedPolicy !== bequest.policy.id) putPolicy(store, bequest);
}

/** Notes that a record has taken in every event that it was read with, where none of them changed anything about it. */
export function noteTakenIn(store: Store, { account, b, eventsKnown }: Bequest): void {
  store.run("update bequest set events_known = ? where account = ? and b = ?", eventsKnown, account, b);
}

function putPolicy(store: Store, { account, b, policy }: Bequest): void {
  store.run("insert or replace into bound_policy values (?, ?, ?)", account, b, JSON.stringify(policy));
  // Why: else, should the newer one ever be gone, this one would bind again.
  store.run("delete from former_policy where account = ? and b = ?", account, b);
}

function toBequest(store: Store, { policy, history, missedAt, isDropped, ...row }: Row): Bequest {
  const [bound, stored] = [readPolicy(policy), readHistory(history)];
  // Invariant: no record is ever read in any other way, so nothing is shown, counted or decided without what befell all.
  const befell = listEventsAfter(store, row.eventsKnown);
  const eventsKnown = befell.at(-1)?.position ?? row.eventsKnown;
  const missed = missedAt === null ? null : { attended: missedAt, isDropped: isDropped === 1 };
  const now = withWhatBefell(bound, stored, befell, missed);
  return {
    ...row,
    eventsKnown,
    isAhead: missed !== null || now !== stored || befell.some(isShownByAll),
    hasMissed: missed !== null,
    policy: bound,
    storedPolicy: bound.id,
    history: now,
  };
}

/** Why a missed sign in its place among the events: the hold of a restore that came after it is the longer one, and must not begin before it. */
function withWhatBefell(
  policy: SwitchPolicy,
  stored: SwitchHistory,
  events: readonly CommonEvent[],
  missed: MissedSign | null,
): SwitchHistory {
  const takeIn = (history: SwitchHistory, event: CommonEvent) => applyEvent(policy, history, event);
  if (missed === null) return events.reduce(takeIn, stored);
  const isBefore = ({ atAttended }: CommonEvent) => atAttended < missed.attended;
  const held = applyMissedSign(policy, events.filter(isBefore).reduce(takeIn, stored), missed);
  return events.filter((event) => !isBefore(event)).reduce(takeIn, held);
}
