import { type Bequest, type BequestPlace, findBequest } from "../store/bequests.ts";
import type { Store } from "../store/store.ts";

/**
 * Changes bequests one after the other. One that cannot be read or changed keeps no other waiting, and never the time of all: its change alone is
 * undone, and its error is given to `onError`. Nothing is decided of what cannot be read. Call inside a commit.
 */
export function changeEach(
  store: Store,
  places: Iterable<BequestPlace>,
  onError: (error: unknown) => void,
  change: (bequest: Bequest) => void,
): void {
  for (const { account, b } of places) {
    try {
      store.attempt(() => {
        const bequest = findBequest(store, account, b);
        if (bequest !== null) change(bequest);
      });
    } catch (error) {
      onError(error);
    }
  }
}
