import { deriveSwitch } from "@afterkeep/switch";
import { type Bequest, nextRevision, putBequest } from "../store/bequests.ts";
import { destroyOlderShares } from "../store/slots.ts";
import type { Store } from "../store/store.ts";
import { describeSwitch } from "./describe-switch.ts";

/** How long to wait before a last call that no mail server took is tried again, attended ms. */
const lastCallRetryMs = 15 * 60_000;

/**
 * Writes a bequest with the time at which it must be looked at again, and a new revision if anything changed that the clock
 * zone shows or acts on. The shares of generations before the bound one are destroyed. Call inside a commit.
 */
export function saveBequest(store: Store, bequest: Bequest, attendedMs: number): void {
  const {
    used: _,
    left: __,
    earliestWallMs: ___,
    revision: ____,
    ...facts
  } = describeSwitch(store, bequest, {
    attendedMs,
    wallMs: 0,
  });
  const shown = JSON.stringify(facts);
  const revision = shown === bequest.shown ? bequest.revision : nextRevision(store);
  putBequest(store, { ...bequest, shown, revision }, wakeOf(bequest, attendedMs));
  destroyOlderShares(store, bequest.account, bequest.b, bequest.policy.g);
}

function wakeOf(bequest: Bequest, attendedMs: number): number | null {
  const { actions, nextWakeAttended } = deriveSwitch(bequest.policy, bequest.history, attendedMs);
  const own = actions.filter((action) => action.do !== "remind");
  const wakes = own.map((action) => (action.do === "sendLastCall" ? nextTry(bequest, attendedMs) : attendedMs));
  if (nextWakeAttended !== null) wakes.push(nextWakeAttended);
  return wakes.length === 0 ? null : Math.min(...wakes);
}

/** When the last call may be tried (again). */
export function nextTry({ lastCallTriedAt }: Bequest, attendedMs: number): number {
  return lastCallTriedAt === 0 ? attendedMs : lastCallTriedAt + lastCallRetryMs;
}
