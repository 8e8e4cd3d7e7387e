import { applyReminderAccepted, isFrozen, type ReminderPhase } from "@afterkeep/switch";
import type { KeyholderParts } from "../parts.ts";
import { findBequest } from "../store/bequests.ts";
import { readFreeze } from "../store/freeze.ts";
import { saveBequest } from "./save-bequest.ts";

export type AcceptedReminder = {
  readonly account: string;
  readonly b: string;
  readonly lastSign: string;
  readonly phase: ReminderPhase;
  readonly index: number;
};

/**
 * The clock zone's word that a channel took a reminder. It counts from now on, never from earlier, and only for the present
 * silence: a lie about it can at most spare the owner a reminder, never a day of interval, grace or last call.
 */
export function noteReminder(parts: KeyholderParts, reminder: AcceptedReminder): { noted: boolean } {
  const { attendedMs } = parts.time.advance();
  const bequest = findBequest(parts.store, reminder.account, reminder.b);
  // Why not in a freeze: nothing is asked for, and what was mailed before it must not count as an answer to what is asked after it.
  if (bequest === null || isFrozen(readFreeze(parts.store))) return { noted: false };
  const { history, noted } = applyReminderAccepted(bequest.policy, bequest.history, reminder, attendedMs);
  // Why as if nothing had been shown: who read that this reminder is due may have read what is not written yet, and must hear that it is no more.
  const shown = bequest.isAhead === true ? "" : bequest.shown;
  if (noted) parts.store.commit(() => saveBequest(parts.store, { ...bequest, history, shown }, attendedMs));
  return { noted };
}
