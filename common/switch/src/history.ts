import type { SignClass, SwitchPolicy } from "./policy.ts";
import type { ReminderPhase } from "./states.ts";

/** `withdrawn` was decided once and stopped by the owner's return: armed again, grantable by the next decision only. */
export type SlotStage = "waiting" | "granted" | "fetched" | "opened" | "withdrawn";
export type SwitchSlot = { readonly r: string; readonly stage: SlotStage };

export type SwitchSign = { readonly id: string; readonly attended: number; readonly class: SignClass };
export type AcceptedReminder = {
  readonly phase: ReminderPhase;
  readonly index: number;
  /** The id of the sign whose silence it belongs to. */
  readonly lastSign: string;
  readonly atAttended: number;
};

/** Everything that happened to one bequest's switch and still matters: plain data, times in attended ms. */
export type SwitchHistory = {
  /** The bequest's first arming; never moved. */
  readonly armedAtAttended: number | null;
  /** The last accepted sign. Its id names the silence that follows it. */
  readonly lastSign: SwitchSign | null;
  readonly lastSignedAttended: number | null;
  readonly remindersAccepted: readonly AcceptedReminder[];
  readonly lastCallAcceptedAttended: number | null;
  readonly decision: { readonly id: string; readonly decidedAtAttended: number } | null;
  readonly slots: readonly SwitchSlot[];
  readonly cooling: { readonly policy: SwitchPolicy; readonly bindsAtAttended: number } | null;
  readonly disarmed: { readonly id: string } | null;
  readonly held: { readonly untilAttended: number } | null;
};

export const emptyHistory: SwitchHistory = {
  armedAtAttended: null,
  lastSign: null,
  lastSignedAttended: null,
  remindersAccepted: [],
  lastCallAcceptedAttended: null,
  decision: null,
  slots: [],
  cooling: null,
  disarmed: null,
  held: null,
};

/** Whether a decision could still give this slot's share to somebody. */
export function isReleasable(slot: SwitchSlot): boolean {
  return slot.stage === "waiting" || slot.stage === "withdrawn";
}

/** Whether the share left the keyholder: nothing takes that back. */
export function isFetched(slot: SwitchSlot): boolean {
  return slot.stage === "fetched" || slot.stage === "opened";
}

/** Forgets what was done for the silence so far: the next one starts with the full interval. */
export function withFreshSilence(history: SwitchHistory): SwitchHistory {
  return { ...history, remindersAccepted: [], lastCallAcceptedAttended: null };
}
