import { applyMissedSign } from "@afterkeep/switch";
import { requireWritable } from "../decide/require-hearable.ts";
import type { KeyholderParts } from "../parts.ts";
import { withdraw } from "../release/withdraw.ts";
import { type Bequest, eachBequest } from "../store/bequests.ts";
import { noteMissedSign } from "../store/missed-signs.ts";
import { forgetRefusedSign, listRefusedSigns, type RefusedSign } from "../store/refused-signs.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import type { Moment } from "../time/attended-time.ts";
import { hearSign } from "./hear-sign.ts";

/**
 * Brings all that an account has armed up to a sign that its store could not take, once it could take one. Until then nothing of theirs is decided or given. Why not
 * sooner, though some of it could be written: as long as the note stands, the same sign again is known for what it is.
 */
export function takeInRefused(parts: KeyholderParts): void {
  const moment = parts.time.now();
  for (const refused of listRefusedSigns(parts.store)) {
    try {
      parts.store.commit(() => {
        requireWritable(parts, refused.account, moment.attendedMs);
        takeIn(parts, refused, moment);
        forgetRefusedSign(parts.store, refused.account);
      });
    } catch (error) {
      parts.onError(error);
    }
  }
}

/**
 * Its owner's own holds, as a sign that a record missed does, and is nothing else, whatever was signed: they were told that it did not count. A weak one is heard as of when
 * it came, where it counted.
 */
function takeIn(parts: KeyholderParts, refused: RefusedSign, moment: Moment): void {
  const { account, attended, sign, class: by } = refused;
  const isSigned = by === "signed";
  const use = (bequest: Bequest) => {
    // Why: a sign that was heard since, or a hold that began since, keeps it for longer.
    if ((bequest.history.lastSign?.attended ?? 0) >= attended) return;
    if (isSigned) holdFrom(parts, bequest, refused, moment);
    else hearSign(parts, bequest, { kind: by, id: sign }, { ...moment, attendedMs: attended });
  };
  eachBequest(parts.store, account, use, (error, place) => {
    parts.onError(error);
    // Why not of a weak one: it could lift nothing, so it must hold nothing either.
    if (isSigned) noteMissedSign(parts.store, place, { attended, isDropped: false });
  });
}

function holdFrom(
  parts: KeyholderParts,
  bequest: Bequest,
  { sign, attended }: RefusedSign,
  { attendedMs, wallMs }: Moment,
): void {
  const history = applyMissedSign(bequest.policy, bequest.history, { attended, isDropped: false });
  const taken = history.slots.filter(({ stage }) => stage === "withdrawn").map(({ r }) => r);
  withdraw(parts, bequest, taken, { sign, atMs: wallMs });
  saveBequest(parts.store, { ...bequest, history }, attendedMs);
}
