import { newId } from "@afterkeep/bytes";
import { applyRestore } from "@afterkeep/switch";
import type { KeyholderParts } from "../parts.ts";
import { withdraw } from "../release/withdraw.ts";
import { type Bequest, type BequestPlace, eachPlace } from "../store/bequests.ts";
import { raiseEpoch, readEpoch } from "../store/epoch.ts";
import { addEvent, newestEvent } from "../store/events.ts";
import { isOfTheDisk } from "../store/store.ts";
import { changeEach } from "../switches/change-each.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import type { Moment } from "../time/attended-time.ts";

type HoldOptions = {
  /** An epoch that is known to have been; the new one is above it. */
  readonly above?: number;
  /** What belongs to the same commit. */
  readonly before?: () => void;
  /** Whether a hold that runs already begins anew. Where nothing was lost it must not, or a clock that fails every week would hold for ever. */
  readonly renews?: boolean;
};

/**
 * An older copy of the store was put in place: signs, returns and re-keys that it does not know may have happened. Everything is
 * held and every silence begins anew (protocol §5, Restore). One commit, so that half a hold cannot exist. A record that cannot be read keeps no other
 * from being held, nor the keyholder from starting; its error is given to `onError`, and where it can be read again it is held by the event.
 */
export function holdEverything(parts: KeyholderParts, options: HoldOptions = {}): void {
  const before = readEpoch(parts.store);
  try {
    hold(parts, options, eachPlace(parts.store));
  } catch (error) {
    if (!isOfTheDisk(error)) throw error;
    // Why by the event alone: SQLite lets nothing more be written in a commit in which the disk did not give a page, and each record takes the event in when it is next read.
    hold(parts, options, []);
  } finally {
    // Why by what is on the disk: a commit may fail after it is there, and then everything is held, and nothing holds it again.
    if (readEpoch(parts.store) > before) parts.onHold(options.renews === false ? "clock" : "restored");
  }
}

function hold(
  parts: KeyholderParts,
  { above, before = () => {}, renews = true }: HoldOptions,
  places: Iterable<BequestPlace>,
): void {
  parts.store.commit(() => {
    before();
    const moment = parts.time.now();
    const realMs = parts.realClock.nowMs();
    raiseEpoch(parts.store, { above, realMs });
    parts.time.forgetWeek();
    // Why not the epoch: where the mark beside the store was deleted, two restores get the same one, and their owners would be told of the first alone.
    const restore = renews ? newId(realMs) : "";
    const eventsKnown = newestEvent(parts.store) + 1;
    changeEach(parts.store, places, parts.onError, (bequest) => {
      const isKept = !renews && bequest.history.held !== null;
      if (!isKept) holdOne(parts, { ...bequest, eventsKnown }, { ...moment, restore });
    });
    // Why after them: each is read as it was before, with the decision that is taken back in writing.
    const kind = renews ? "held" : "doubted";
    addEvent(parts.store, { kind, atAttended: moment.attendedMs, lengthMs: 0, restore });
  });
}

function holdOne(
  parts: KeyholderParts,
  bequest: Bequest,
  { attendedMs, wallMs, restore }: Moment & { readonly restore: string },
): void {
  const history = applyRestore(bequest.policy, bequest.history, attendedMs, restore);
  const taken = history.slots.filter(({ stage }) => stage === "withdrawn").map(({ r }) => r);
  withdraw(parts, bequest, taken, { sign: bequest.history.lastSign?.id ?? bequest.policy.id, atMs: wallMs });
  // Shown anew in any case: what readers remember may be of the time that this store lost.
  saveBequest(parts.store, { ...bequest, history, shown: "" }, attendedMs);
}
