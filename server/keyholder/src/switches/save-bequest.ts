import { hash } from "node:crypto";
import { type DerivedSwitch, deriveSwitch, type FrozenBy, type SwitchAction } from "@afterkeep/switch";
import { frozenByOperators } from "../freeze/frozen-by.ts";
import { type Bequest, putBequest, type Timers } from "../store/bequests.ts";
import { destroyOlderShares } from "../store/slots.ts";
import type { Store } from "../store/store.ts";
import { describeSwitch } from "./describe-switch.ts";

/** A call that no mail server took is tried again after a quarter of the time for which none did, and between these; attended ms. */
const shortestRetryMs = 15 * 60_000;
const longestRetryMs = 6 * 3_600_000;

/**
 * Writes a bequest with the time at which it must be looked at again, and a new revision if anything changed that the clock
 * zone shows or acts on. The shares of generations before the bound one are destroyed. Call inside a commit.
 */
export function saveBequest(store: Store, bequest: Bequest, attendedMs: number): void {
  const derived = deriveSwitch(bequest.policy, bequest.history, attendedMs);
  saveDerived(store, bequest, { attendedMs, derived, frozenBy: frozenByOperators(store, attendedMs) });
}

type Derived = {
  readonly attendedMs: number;
  readonly derived: DerivedSwitch;
  /** Why never by the clock: one in doubt changes nothing about a switch, and is over before anybody could be told. */
  readonly frozenBy: FrozenBy | null;
};

/** The same of one that was just derived, and is as it was then. */
export function saveDerived(store: Store, bequest: Bequest, { attendedMs, derived, frozenBy }: Derived): void {
  const moment = { attendedMs, wallMs: 0, frozenBy };
  const {
    used: _,
    left: __,
    earliestWallMs: ___,
    wakeWallMs: ____,
    revision: _____,
    ...facts
  } = describeSwitch(store, bequest, moment, derived);
  const asked = facts.requests.map(({ request, stage }) => [request, stage]);
  const cooling = facts.cooling.map(({ policyHash }) => policyHash);
  const held = facts.heldAfter.map(({ restore }) => restore);
  const shown = nameOf({ ...facts, requests: asked, cooling, heldAfter: held });
  const revision = shown === bequest.shown ? bequest.revision : ++store.revision;
  putBequest(store, { ...bequest, shown, revision }, timersOf(bequest, derived, attendedMs));
  destroyOlderShares(store, bequest.account, bequest.b, bequest.policy.g);
}

/** Why not what is shown itself: it is compared alone, and would double a record that is written with every step. The state is for who looks into a store. */
function nameOf(facts: { readonly state: string; readonly [fact: string]: unknown }): string {
  return JSON.stringify({ state: facts.state, hash: hash("sha256", JSON.stringify(facts), "base64url") });
}

function timersOf(bequest: Bequest, { actions, nextWakeAttended }: DerivedSwitch, attendedMs: number): Timers {
  return {
    wake: actions.some(isOwn) ? attendedMs : nextWakeAttended,
    callAt: actions.some(isCall) ? nextTry(bequest, attendedMs) : null,
  };
}

/** What the keyholder does by itself at once; the others are messages. */
export type OwnAction = Exclude<SwitchAction, CallAction | { do: "remind" }>;

export function isOwn(action: SwitchAction): action is OwnAction {
  return action.do !== "remind" && !isCall(action);
}

/** What the keyholder says to the owner itself. */
export type CallAction = Extract<SwitchAction, { do: "sendLastCall" | "reachOwner" | "callAboutRequest" }>;

export function isCall(action: SwitchAction): action is CallAction {
  return action.do === "sendLastCall" || action.do === "reachOwner" || action.do === "callAboutRequest";
}

/**
 * When the owner may be called (again). Why ever more rarely: an address that is dead would be asked tens of thousands of times in the months of the
 * unreachable track, and mail servers shut out whoever does that.
 */
function nextTry({ lastCallTriedAt, history }: Bequest, attendedMs: number): number {
  if (lastCallTriedAt === 0) return attendedMs;
  const inVainMs = history.unheard === null ? 0 : lastCallTriedAt - history.unheard.sinceAttended;
  return lastCallTriedAt + Math.min(Math.max(Math.ceil(inVainMs / 4), shortestRetryMs), longestRetryMs);
}
