import type { SignClass, SwitchPolicy } from "./policy.ts";
import type { ReminderPhase } from "./states.ts";

/** `withdrawn` was decided once and stopped by the owner's return: armed again, grantable by the next decision only. */
export const slotStages = ["waiting", "granted", "fetched", "opened", "withdrawn"] as const;
export type SlotStage = (typeof slotStages)[number];
export type SwitchSlot = { readonly r: string; readonly stage: SlotStage };

export type SwitchSign = { readonly id: string; readonly attended: number; readonly class: SignClass };
export type AcceptedReminder = {
  readonly phase: ReminderPhase;
  readonly index: number;
  /** The id of the sign whose silence it belongs to. */
  readonly lastSign: string;
  readonly atAttended: number;
};

/** An outage that a person may have met: what ends the phase it fell into only after a reminder and some more time. Attended ms. */
export type Gap = {
  /** Counted within the silence: names the reminder that it asks for. */
  readonly index: number;
  /** Whose end it puts off. */
  readonly phase: "reminding" | "grace";
  readonly atAttended: number;
  /** That must pass after a reminder which was accepted since. */
  readonly extraMs: number;
  /** For outages of the same day, which ask for no reminder of their own; 0 without any. */
  readonly notBefore: number;
  /** What the operators' freeze asks for when it is over. */
  readonly isThaw?: true;
};

/** What the keyholder tried in vain since a channel last took anything in this silence. Attended ms. */
export type Unheard = {
  readonly sinceAttended: number;
  /** On different days. */
  readonly tries: number;
  readonly lastAttended: number;
  /** When it was tried on as many days as are needed; null before. */
  readonly enoughAttended: number | null;
};

/** A recipient asked. Attended ms. */
export type SwitchRequest = {
  readonly id: string;
  readonly r: string;
  readonly askedAttended: number;
  /** When a channel took the keyholder's call about it. */
  readonly calledAttended: number | null;
  /** A weak sign puts it off, once. */
  readonly putOffMs: number;
  /** Kept for a while after a refusal, so that the same person cannot ask at every hour; null while it is open. */
  readonly refusedAttended: number | null;
  /** After a freeze the owner is called about it again; when it ended, and when they had been called before it. */
  readonly thawed?: { readonly atAttended: number; readonly calledAttended: number | null };
};

/** A guardian's veto of the present decision. */
export type GuardianStop = { readonly guardian: string; readonly untilAttended: number };

/** Everything that happened to one bequest's switch and still matters: plain data, times in attended ms. */
export type SwitchHistory = {
  /** The bequest's first arming; never moved. */
  readonly armedAtAttended: number | null;
  /** The recovery kit's key signed that arming too; never said of a later one. */
  readonly armedWithKit?: true;
  /** The last accepted sign. Its id names the silence that follows it. */
  readonly lastSign: SwitchSign | null;
  readonly lastSignedAttended: number | null;
  readonly remindersAccepted: readonly AcceptedReminder[];
  readonly lastCallAcceptedAttended: number | null;
  /** The first last call, where a freeze asked for another one. */
  readonly calledBeforeThaw: number | null;
  /** Of this silence, ascending, at least a day apart. */
  readonly gaps: readonly Gap[];
  readonly unheard: Unheard | null;
  readonly paused: { readonly id: string; readonly untilAttended: number } | null;
  /** At most one per recipient. */
  readonly requests: readonly SwitchRequest[];
  readonly decision: {
    readonly id: string;
    readonly decidedAtAttended: number;
    /** A weak sign came: nothing that was not fetched is given before. Absent where none did. */
    readonly suspendedUntilAttended?: number;
  } | null;
  /** Guardians who confirmed, and who stopped, the present decision. */
  readonly confirmed: readonly string[];
  readonly stops: readonly GuardianStop[];
  readonly slots: readonly SwitchSlot[];
  readonly cooling: { readonly policy: SwitchPolicy; readonly bindsAtAttended: number } | null;
  readonly disarmed: { readonly id: string } | null;
  readonly held: {
    readonly untilAttended: number;
    /** The restore that it began with; absent where it began for another reason. */
    readonly restore?: string;
  } | null;
};

export const emptyHistory: SwitchHistory = {
  armedAtAttended: null,
  lastSign: null,
  lastSignedAttended: null,
  remindersAccepted: [],
  lastCallAcceptedAttended: null,
  calledBeforeThaw: null,
  gaps: [],
  unheard: null,
  paused: null,
  requests: [],
  decision: null,
  confirmed: [],
  stops: [],
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
  const nothingSaid = { remindersAccepted: [], lastCallAcceptedAttended: null, calledBeforeThaw: null };
  return { ...history, ...nothingSaid, gaps: [], unheard: null };
}
