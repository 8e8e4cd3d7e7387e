import { applyFreezePassed, applyThaw, type IncidentFreeze, isFrozen } from "@afterkeep/switch";
import { listAllBequests } from "../store/bequests.ts";
import { readFreeze, writeFreeze } from "../store/freeze.ts";
import type { Store } from "../store/store.ts";
import { saveBequest } from "../switches/save-bequest.ts";

/** From now on nothing runs. Every switch is written once, so that the clock zone hears of it. Call inside a commit. */
export function freezeEverything(store: Store, freeze: IncidentFreeze, attendedMs: number): void {
  writeFreeze(store, freeze);
  for (const bequest of listAllBequests(store)) saveBequest(store, bequest, attendedMs);
}

/** The freeze is over: everything goes on, and asks anew for what it had been warning of. Call inside a commit. */
export function thawEverything(store: Store, ended: IncidentFreeze, attendedMs: number): void {
  writeFreeze(store, ended);
  for (const bequest of listAllBequests(store)) {
    const history = applyThaw(bequest.policy, bequest.history, ended.lengthMs, attendedMs);
    saveBequest(store, { ...bequest, history }, attendedMs);
  }
}

/** Time that counts for the freeze alone; the last of it thaws. Call inside the commit that credits it. */
export function passFreeze(store: Store, ms: number, attendedMs: number): void {
  const freeze = applyFreezePassed(readFreeze(store), ms, attendedMs);
  if (isFrozen(freeze)) writeFreeze(store, freeze);
  else thawEverything(store, freeze, attendedMs);
}
