import { pgId } from "@afterkeep/platform";
import type { ReminderPhase } from "@afterkeep/switch";
import { type RawBuilder, sql } from "kysely";
import type { ClockDatabase, ClockTransaction } from "../clock-parts.ts";
import type { SwitchPlace } from "./switch-states.ts";
import { isRemindedStill } from "./switch-states.ts";

/** One reminder of one silence. */
export type ReminderName = SwitchPlace & { lastSign: string; phase: ReminderPhase; index: number };
export type LastAttempt = {
  attempt: number;
  /** When its mail was written, or when it left. Product time. */
  attemptedAt: number;
  /** Nothing more comes of its mail: it was refused, given up or cancelled, or taken and the keyholder was told so. */
  isSettled: boolean;
};
export type NewAttempt = ReminderName & { attempt: number; mail: string };

const bytesOf = (b64url: string) => Buffer.from(b64url, "base64url");

export function nameOfReminder({ tenant, b, lastSign, phase, index }: ReminderName): string {
  return `${tenant} ${b} ${lastSign} ${phase} ${index}`;
}

function columnsOf(names: readonly ReminderName[]) {
  return {
    tenants: names.map(({ tenant }) => pgId(tenant)),
    bequests: names.map(({ b }) => pgId(b)),
    signs: names.map(({ lastSign }) => bytesOf(lastSign)),
    phases: names.map(({ phase }) => phase),
    indexes: names.map(({ index }) => index),
  };
}

/** The last attempt of each of these reminders that was ever mailed, by `nameOfReminder`. */
export async function readAttempts(
  trx: ClockTransaction,
  names: readonly ReminderName[],
): Promise<Map<string, LastAttempt>> {
  if (names.length === 0) return new Map();
  const { tenants, bequests, signs, phases, indexes } = columnsOf(names);
  type Row = Omit<ReminderName, "lastSign"> & {
    lastSign: Buffer;
    attempt: number;
    attemptedAt: number;
    isSettled: boolean;
  };
  const { rows } = await sql<Row>`
    select reminder.tenant, reminder.b, reminder.last_sign as "lastSign", reminder.phase, reminder.index, attempt,
      attempted_at as "attemptedAt",
      case when outbox.state = 'accepted' then noted_at is not null else outbox.state <> 'queued' end as "isSettled"
    from unnest(${tenants}::uuid[], ${bequests}::uuid[], ${signs}::bytea[], ${phases}::text[], ${indexes}::bigint[])
      as due (tenant, b, last_sign, phase, index)
    join reminder on reminder.tenant = due.tenant and reminder.b = due.b and reminder.last_sign = due.last_sign
      and reminder.phase = due.phase and reminder.index = due.index
    join outbox on outbox.id = reminder.mail`.execute(trx);
  return new Map(
    rows.map(({ attempt, attemptedAt, isSettled, ...name }) => [
      nameOfReminder({ ...name, lastSign: name.lastSign.toString("base64url") }),
      { attempt, attemptedAt, isSettled },
    ]),
  );
}

/** Lets reminders rest on their newest mails. */
export async function saveAttempts(
  trx: ClockTransaction,
  attempts: readonly NewAttempt[],
  attemptedAt: number,
): Promise<void> {
  if (attempts.length === 0) return;
  const { tenants, bequests, signs, phases, indexes } = columnsOf(attempts);
  const mails = attempts.map(({ mail }) => pgId(mail));
  const counts = attempts.map(({ attempt }) => attempt);
  await sql`
    insert into reminder (tenant, b, last_sign, phase, index, mail, attempt, attempted_at)
    select *, ${attemptedAt}::bigint from unnest(
      ${tenants}::uuid[], ${bequests}::uuid[], ${signs}::bytea[], ${phases}::text[], ${indexes}::bigint[], ${mails}::uuid[],
      ${counts}::bigint[])
    on conflict (tenant, b, last_sign, phase, index) do update
    set mail = excluded.mail, attempt = excluded.attempt, attempted_at = excluded.attempted_at, accepted_at = null, noted_at = null
    `.execute(trx);
}

/**
 * Invariant: written only after the mail server said that it took the mail. Why the attempt's time too: a mail may have waited for days, and its reader
 * must not get the next one an hour later.
 *
 * @param acceptedAt real time
 * @param attemptedAt the same moment, product time
 */
export async function acceptReminders(
  trx: ClockTransaction,
  mail: string,
  { acceptedAt, attemptedAt }: { acceptedAt: number; attemptedAt: number },
): Promise<void> {
  await trx
    .updateTable("reminder")
    .set({ accepted_at: acceptedAt, attempted_at: attemptedAt })
    .where("mail", "=", pgId(mail))
    .where("accepted_at", "is", null)
    .execute();
}

/** Accounts with reminders that a mail server took and the keyholder does not know of. */
export async function findAccepted(db: ClockDatabase, batch: number): Promise<string[]> {
  const { rows } = await sql<{ tenant: string }>`select tenant from find_reminders_to_note(${batch})`.execute(db);
  return rows.map(({ tenant }) => tenant);
}

export async function readAccepted(trx: ClockTransaction, tenant: string): Promise<ReminderName[]> {
  const rows = await trx
    .selectFrom("reminder")
    .select(["b", "last_sign", "phase", "index"])
    .where("tenant", "=", pgId(tenant))
    .where("accepted_at", "is not", null)
    .where("noted_at", "is", null)
    .where(
      sql<boolean>`(note_at is null or note_at <= clock_timestamp() or note_at > clock_timestamp() + interval '1 hour')`,
    )
    .orderBy("accepted_at")
    .execute();
  return rows.map(({ last_sign, ...row }) => ({ ...row, tenant, lastSign: last_sign.toString("base64url") }));
}

/** The keyholder was told. Real time. */
export async function markNoted(trx: ClockTransaction, reminder: ReminderName, notedAt: number): Promise<void> {
  await updateReminder(trx, reminder, { noted_at: notedAt });
}

/** The keyholder could not be told: it is tried again after so long, by the database's clock. */
export async function noteLater(trx: ClockTransaction, reminder: ReminderName, forMs: number): Promise<void> {
  await updateReminder(trx, reminder, { note_at: sql<Date>`clock_timestamp() + ${forMs} * interval '1 millisecond'` });
}

async function updateReminder(
  trx: ClockTransaction,
  reminder: ReminderName,
  change: { noted_at: number } | { note_at: RawBuilder<Date> },
): Promise<void> {
  await trx
    .updateTable("reminder")
    .set(change)
    .where("tenant", "=", pgId(reminder.tenant))
    .where("b", "=", pgId(reminder.b))
    .where("last_sign", "=", bytesOf(reminder.lastSign))
    .where("phase", "=", reminder.phase)
    .where("index", "=", reminder.index)
    .execute();
}

/** Whether a silence that a mail speaks of still goes on. */
export async function isSilenceGoingOn(trx: ClockTransaction, mail: string): Promise<boolean> {
  const found = await sql`
    select 1 from reminder join switch_state using (tenant, b)
    where reminder.mail = ${pgId(mail)} and switch_state.last_sign = reminder.last_sign
      and ${isRemindedStill}
    limit 1`.execute(trx);
  return found.rows.length > 0;
}
