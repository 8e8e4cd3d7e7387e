import { applyFreezePassed, applyThaw, type IncidentFreeze, isFrozen } from "@afterkeep/switch";
import { eachPlace } from "../store/bequests.ts";
import { readFreeze, writeFreeze } from "../store/freeze.ts";
import type { Store } from "../store/store.ts";
import { changeEach } from "../switches/change-each.ts";
import { saveBequest } from "../switches/save-bequest.ts";

type OnError = (error: unknown) => void;

/**
 * From now on nothing runs. Every switch is written once, so that the clock zone hears of it; not for a renewal, which shows nothing new. Call inside
 * a commit.
 */
export function freezeEverything(store: Store, freeze: IncidentFreeze, attendedMs: number, onError: OnError): void {
  const isRenewal = isFrozen(readFreeze(store));
  writeFreeze(store, freeze);
  if (isRenewal) return;
  changeEach(store, eachPlace(store), onError, (bequest) => saveBequest(store, bequest, attendedMs));
}

/** The freeze is over: everything goes on, and asks anew for what it had been warning of. Call inside a commit. */
export function thawEverything(store: Store, ended: IncidentFreeze, attendedMs: number, onError: OnError): void {
  writeFreeze(store, ended);
  changeEach(store, eachPlace(store), onError, (bequest) => {
    const history = applyThaw(bequest.policy, bequest.history, ended.lengthMs, attendedMs);
    saveBequest(store, { ...bequest, history }, attendedMs);
  });
}

/** Time that counts for the freeze alone; the last of it thaws. Call inside the commit that credits it. */
export function passFreeze(store: Store, ms: number, attendedMs: number, onError: OnError): void {
  const freeze = applyFreezePassed(readFreeze(store), ms, attendedMs);
  if (isFrozen(freeze)) writeFreeze(store, freeze);
  else thawEverything(store, freeze, attendedMs, onError);
}

/**
 * An outage in a freeze. Why it makes the freeze longer, as far as a thaw goes by that: the one message after it is for both, and what comes after the
 * message must not be less than the outage alone asks for. Call inside a commit.
 */
export function noteGapInFreeze(store: Store, lengthMs: number): void {
  const freeze = readFreeze(store);
  writeFreeze(store, { ...freeze, lengthMs: freeze.lengthMs + lengthMs });
}
