import { type DerivedSwitch, deriveSwitch, type SwitchAction } from "@afterkeep/switch";
import { type Bequest, nextRevision, putBequest } from "../store/bequests.ts";
import { destroyOlderShares } from "../store/slots.ts";
import type { Store } from "../store/store.ts";
import { describeSwitch } from "./describe-switch.ts";

/** How long to wait before a call that no mail server took is tried again, attended ms. */
const lastCallRetryMs = 15 * 60_000;

/**
 * Writes a bequest with the time at which it must be looked at again, and a new revision if anything changed that the clock
 * zone shows or acts on. The shares of generations before the bound one are destroyed. Call inside a commit.
 */
export function saveBequest(store: Store, bequest: Bequest, attendedMs: number): void {
  const running = deriveSwitch(bequest.policy, bequest.history, attendedMs);
  // Why never frozen: a clock in doubt changes nothing about a switch, and is over before anybody could be told.
  const moment = { attendedMs, wallMs: 0, isFrozen: false };
  const {
    used: _,
    left: __,
    earliestWallMs: ___,
    revision: ____,
    ...facts
  } = describeSwitch(store, bequest, moment, running);
  const shown = JSON.stringify(facts);
  const revision = shown === bequest.shown ? bequest.revision : nextRevision(store);
  putBequest(store, { ...bequest, shown, revision }, wakeOf(bequest, running, attendedMs));
  destroyOlderShares(store, bequest.account, bequest.b, bequest.policy.g);
}

function wakeOf(bequest: Bequest, { actions, nextWakeAttended }: DerivedSwitch, attendedMs: number): number | null {
  const own = actions.filter((action) => action.do !== "remind");
  const wakes = own.map((action) => (isCall(action) ? nextTry(bequest, attendedMs) : attendedMs));
  if (nextWakeAttended !== null) wakes.push(nextWakeAttended);
  return wakes.length === 0 ? null : Math.min(...wakes);
}

export function isCall(action: SwitchAction): boolean {
  return action.do === "sendLastCall" || action.do === "reachOwner";
}

/** When the owner may be called (again). */
export function nextTry({ lastCallTriedAt }: Bequest, attendedMs: number): number {
  return lastCallTriedAt === 0 ? attendedMs : lastCallTriedAt + lastCallRetryMs;
}
