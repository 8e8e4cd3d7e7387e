import { applyGap } from "@afterkeep/switch";
import { listPlacesShownIn } from "../store/bequests.ts";
import type { Store } from "../store/store.ts";
import { changeEach } from "./change-each.ts";
import { saveBequest } from "./save-bequest.ts";

type Gap = { readonly lengthMs: number; readonly attendedMs: number };

/**
 * The service was away for `lengthMs` and is back: every switch in a phase that warns its owner is told. Call inside a commit, before any
 * time after the outage counts.
 */
export function noteGap(store: Store, { lengthMs, attendedMs }: Gap, onError: (error: unknown) => void): void {
  // Why "armed" too: what was written may be older than a phase that time alone has begun since.
  const places = listPlacesShownIn(store, ["armed", "reminding", "grace", "requested", "paused"]);
  changeEach(store, places, onError, (bequest) => {
    const history = applyGap(bequest.policy, bequest.history, lengthMs, attendedMs);
    if (history !== bequest.history) saveBequest(store, { ...bequest, history }, attendedMs);
  });
}
