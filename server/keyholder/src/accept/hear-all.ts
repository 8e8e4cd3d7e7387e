import type { KeyholderParts } from "../parts.ts";
import { type Bequest, eachBequest, type Listed } from "../store/bequests.ts";
import { noteMissedSign } from "../store/missed-signs.ts";
import type { Moment } from "../time/attended-time.ts";
import { type Hearing, hearSign } from "./hear-sign.ts";

type Heard = ReturnType<typeof hearSign>;

/**
 * Lets every bequest of an account hear a statement, and answers with those that did and the names of those that could not. Why one whose record cannot be read does not undo it for the others: a
 * living owner could not check in at all, and everything else of theirs would be released. A sign that it misses is written beside it, and holds it when it can be
 * read again; what would do more to it than a sign is refused as a whole. Call inside a commit.
 */
export function hearAll(
  parts: KeyholderParts,
  account: string,
  hearingOf: (b: string) => Hearing,
  moment: Moment,
): Listed<Heard> {
  const hear = (bequest: Bequest) => hearSign(parts, bequest, hearingOf(bequest.b), moment);
  return eachBequest(parts.store, account, hear, (error, place) => {
    const { kind } = hearingOf(place.b);
    if (kind === "disarm" || kind === "pause" || kind === "policy") throw error;
    parts.onError(error);
    // Why not of a weak one: it could lift nothing, so it must hold nothing either.
    if (kind !== "signed" && kind !== "device-revoked") return;
    noteMissedSign(parts.store, place, { attended: moment.attendedMs, isDropped: kind === "device-revoked" });
  });
}
