import { applyGap } from "@afterkeep/switch";
import { listBequestsShownIn } from "../store/bequests.ts";
import type { Store } from "../store/store.ts";
import { saveBequest } from "./save-bequest.ts";

/**
 * The service was away for `lengthMs` and is back: every switch in a phase that warns its owner is told. Call inside a commit, before any
 * time after the outage counts.
 */
export function noteGap(store: Store, lengthMs: number, attendedMs: number): void {
  // Why "armed" too: what was written may be older than a phase that time alone has begun since.
  for (const bequest of listBequestsShownIn(store, ["armed", "reminding", "grace", "requested", "paused"])) {
    const history = applyGap(bequest.policy, bequest.history, lengthMs, attendedMs);
    if (history !== bequest.history) saveBequest(store, { ...bequest, history }, attendedMs);
  }
}
