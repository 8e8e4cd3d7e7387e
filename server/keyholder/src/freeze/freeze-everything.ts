import { applyFreezePassed, type IncidentFreeze, isFrozen } from "@afterkeep/switch";
import { addEvent } from "../store/events.ts";
import { readFreeze, writeFreeze } from "../store/freeze.ts";
import type { Store } from "../store/store.ts";

/** From now on nothing runs. For a renewal no bequest is shown anew: nothing about it has changed. Call inside a commit. */
export function freezeEverything(store: Store, freeze: IncidentFreeze, atAttended: number): void {
  if (!isFrozen(readFreeze(store))) addEvent(store, { kind: "frozen", atAttended, lengthMs: 0 });
  writeFreeze(store, freeze);
}

/** The freeze is over: everything goes on, and asks anew for what it had been warning of. Call inside a commit. */
export function thawEverything(store: Store, ended: IncidentFreeze, atAttended: number): void {
  writeFreeze(store, ended);
  addEvent(store, { kind: "thawed", atAttended, lengthMs: ended.lengthMs });
}

/** Time that counts for the freeze alone; the last of it thaws. Call inside the commit that credits it. */
export function passFreeze(store: Store, ms: number, atAttended: number): void {
  const freeze = applyFreezePassed(readFreeze(store), ms, atAttended);
  if (isFrozen(freeze)) writeFreeze(store, freeze);
  else thawEverything(store, freeze, atAttended);
}

/**
 * The service was away and is back. Why an outage in a freeze makes that longer, as far as a thaw goes by it: the one message after it is for both, and what comes
 * after the message must not be less than the outage alone asks for. Call inside a commit, before any time after the outage counts.
 */
export function noteGap(store: Store, lengthMs: number, atAttended: number): void {
  const freeze = readFreeze(store);
  if (isFrozen(freeze)) writeFreeze(store, { ...freeze, lengthMs: freeze.lengthMs + lengthMs });
  else addEvent(store, { kind: "gap", atAttended, lengthMs });
}
