import type { MailKind } from "@afterkeep/platform";
import { effects } from "../effects.ts";
import { type LastAttempt, nameOfReminder, type ReminderName } from "../storage/reminders.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";

/** Product ms between two mails for one reminder. */
const attemptEveryMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * How long after the moment at which a switch is expected to change it is looked at, if the keyholder did not tell of it before. Why not
 * at once: the news comes within two of its ticks, and every look before that would be in vain.
 */
const newsWithinMs = 120_000;

/** The same where it has come: as long as for what the keyholder does not know (look-at-due.ts). */
const lookAnywayMs = 86_400_000;

/**
 * The next look is never further away. Why: claim_switches takes one that is more than five weeks away for a wrong clock's and looks at once, again
 * and again, if that were so for good reasons. Why no longer: a clock that is ahead by less than that is not found out, and keeps what must be looked
 * at again waiting as long as this.
 */
const farthestLookMs = 28 * 86_400_000;

type PlannedAttempt = ReminderName & { attempt: number };
/** One mail for all reminders of an account that need one now. */
export type ReminderMail = { tenant: string; key: string; kind: MailKind; reminders: readonly PlannedAttempt[] };
type Plan = {
  mails: ReminderMail[];
  /** When a switch must be looked at again; null for never. */
  nextLookOf(item: KeyholderSwitch): number | null;
};

export function remindersOf(item: KeyholderSwitch): ReminderName[] {
  const { account: tenant, b, lastSign } = item;
  return item.remindersDue.map((reminder) => ({ tenant, b, lastSign, ...reminder }));
}

/**
 * What must be mailed: reminders that were never mailed, and those whose mail left or came to its end a day ago while the keyholder still waits.
 * Why those: one that was refused, or that counted before a hold began, changes nothing at the keyholder any more, so it would never tell
 * of it again.
 */
export function planReminders(
  items: readonly KeyholderSwitch[],
  attempts: ReadonlyMap<string, LastAttempt>,
  nowMs: number,
): Plan {
  const needed = items.flatMap(remindersOf).flatMap((reminder): PlannedAttempt[] => {
    const last = attempts.get(nameOfReminder(reminder));
    return isNeeded(last, nowMs) ? [{ ...reminder, attempt: (last?.attempt ?? 0) + 1 }] : [];
  });
  const byTenant = Map.groupBy(needed, ({ tenant }) => tenant);
  return {
    mails: [...byTenant].map(([tenant, reminders]) => mailOf(tenant, reminders)),
    nextLookOf: (item) => nextLook(item, attempts, nowMs),
  };
}

function isNeeded(last: LastAttempt | undefined, nowMs: number): boolean {
  return last === undefined || (last.isSettled && isDayAgo(last.attemptedAt, nowMs));
}

/**
 * Why also what is to come: it was written while a wall clock stood in another year, and would keep an owner unreminded until then. Why not what comes within a day: that a mail
 * left is written by the clock zone's own wall, and the keyholder's may be behind that by a tick, or not yet follow it.
 */
function isDayAgo(attemptedAt: number, nowMs: number): boolean {
  return attemptedAt <= nowMs - attemptEveryMs || attemptedAt > nowMs + attemptEveryMs;
}

function mailOf(tenant: string, reminders: readonly PlannedAttempt[]): ReminderMail {
  const [first] = reminders;
  const { b = "", lastSign = "", phase = "", index = 0, attempt = 1 } = first ?? {};
  return {
    tenant,
    key: effects.reminder({ b, lastSign, phase, index, attempt }),
    kind: kindOf(reminders),
    reminders,
  };
}

/** One mail says what presses most: what is asked for can be over within days. */
function kindOf(reminders: readonly PlannedAttempt[]): MailKind {
  const has = (phase: string) => reminders.some((reminder) => reminder.phase === phase);
  if (has("request")) return "request-reminder";
  return has("grace") ? "grace-reminder" : "reminder";
}

function nextLook(item: KeyholderSwitch, attempts: ReadonlyMap<string, LastAttempt>, nowMs: number): number | null {
  const looks = remindersOf(item).map((reminder) => {
    const last = attempts.get(nameOfReminder(reminder));
    if (last === undefined || isNeeded(last, nowMs)) return nowMs + attemptEveryMs;
    // A mail that is still under way after a day comes to its end some time.
    return Math.min(Math.max(last.attemptedAt + attemptEveryMs, nowMs + hourMs), nowMs + attemptEveryMs);
  });
  // Why: that the keyholder's clock is right again is no news of any switch, and what was due before is due still.
  if (item.state === "frozen" && item.waitsFor === "clock") looks.push(nowMs + hourMs);
  if (item.wakeWallMs > 0) looks.push(Math.min(lookAtChange(item.wakeWallMs, nowMs), nowMs + farthestLookMs));
  return looks.length === 0 ? null : Math.min(...looks);
}

/**
 * Why a day later where that moment has come: what the keyholder has not done by then is news when it does it, and may be long in coming. Looked at every two
 * minutes, or every hour, all of its switches would be asked about in vain for as long as that lasts.
 */
function lookAtChange(changeMs: number, nowMs: number): number {
  return changeMs > nowMs ? changeMs + newsWithinMs : nowMs + lookAnywayMs;
}
