import type * as real from "../../storage/reminders.ts";
import { DatabaseError, type MemoryTransaction, statementIn } from "./memory-database.ts";
import { isToNote, keyOf, type ReminderRow } from "./memory-rows.ts";
import { remindedOf } from "./switch-states.ts";

type Name = real.ReminderName;

const bytesOf = (b64url: string) => Buffer.from(b64url, "base64url");

export const nameOfReminder: typeof real.nameOfReminder = ({ tenant, b, lastSign, phase, index }) =>
  `${tenant} ${b} ${lastSign} ${phase} ${index}`;

export const readAttempts: typeof real.readAttempts = async (trx, names) => {
  if (names.length === 0) return new Map();
  return statementIn(trx, async (own) => {
    const found = names.flatMap((name): [string, real.LastAttempt][] => {
      const row = own.sees(name.tenant) ? own.get(own.tables.reminder, keyOf.reminder(name)) : undefined;
      const [, mail] = row === undefined ? [] : (own.rowsUnder(own.tables.outbox, "id", row.mail)[0] ?? []);
      if (row === undefined || mail === undefined || !own.sees(mail.tenant)) return [];
      const isSettled = mail.state === "accepted" ? row.noted_at !== null : mail.state !== "queued";
      return [[nameOfReminder(name), { attempt: row.attempt, attemptedAt: row.attempted_at, isSettled }]];
    });
    return new Map(found);
  });
};

export const saveAttempts: typeof real.saveAttempts = async (trx, attempts, attemptedAt) => {
  if (attempts.length === 0) return;
  return statementIn(trx, async (own) => {
    const { reminder, outbox, account } = own.tables;
    const touched = new Set<string>();
    for (const { attempt, mail, ...name } of attempts) {
      const { tenant, b, lastSign, phase, index } = name;
      own.requireSeen(tenant, reminder.name);
      const key = keyOf.reminder(name);
      if (touched.has(key)) throw new DatabaseError("ON CONFLICT DO UPDATE command cannot affect row a second time");
      touched.add(key);
      await own.lock(reminder, key);
      if (own.get(account, tenant) === undefined) throw new DatabaseError("reminder_tenant_fkey");
      if (own.rowsUnder(outbox, "id", mail).length === 0) throw new DatabaseError("reminder_mail_fkey");
      const before = own.get(reminder, key);
      own.write(reminder, key, {
        ...{ tenant, b, last_sign: bytesOf(lastSign), phase, index, mail, attempt, attempted_at: attemptedAt },
        ...{ accepted_at: null, noted_at: null, note_at: before?.note_at ?? null },
      });
    }
  });
};

export const acceptReminders: typeof real.acceptReminders = async (trx, mail, { acceptedAt, attemptedAt }) =>
  statementIn(trx, async (own) => {
    const { reminder } = own.tables;
    const isWanted = (row: ReminderRow | undefined) =>
      row !== undefined && row.mail === mail && row.accepted_at === null && own.sees(row.tenant);
    for (const [key, row] of own.rowsUnder(reminder, "mail", mail)) {
      if (!isWanted(row)) continue;
      await own.lock(reminder, key);
      const now = own.get(reminder, key);
      if (now !== undefined && isWanted(now))
        own.write(reminder, key, { ...now, accepted_at: acceptedAt, attempted_at: attemptedAt });
    }
  });

const longestPutOffMs = 3_600_000;

function isDue({ note_at }: ReminderRow, nowMs: number): boolean {
  return note_at === null || note_at <= nowMs || note_at > nowMs + longestPutOffMs;
}

const byAcceptance = (a: ReminderRow, b: ReminderRow) => (a.accepted_at ?? 0) - (b.accepted_at ?? 0);

export const findAccepted: typeof real.findAccepted = async (db, batch) =>
  statementIn(db, async (trx) => {
    const nowMs = trx.database.nowMs();
    const due = trx.rowsUnder(trx.tables.reminder, "toNote", "yes").map(([, row]) => row);
    const first = due.filter((row) => isDue(row, nowMs)).sort(byAcceptance);
    return [...new Set(first.slice(0, batch).map(({ tenant }) => tenant))];
  });

export const readAccepted: typeof real.readAccepted = async (trx, tenant) =>
  statementIn(trx, async (own) => {
    const nowMs = own.database.nowMs();
    if (!own.sees(tenant)) return [];
    const rows = own.rowsUnder(own.tables.reminder, "toNote", "yes").map(([, row]) => row);
    const due = rows.filter((row) => row.tenant === tenant && isToNote(row) && isDue(row, nowMs)).sort(byAcceptance);
    return due.map(({ b, last_sign, phase, index }) => ({
      ...{ b, phase, index, tenant },
      lastSign: last_sign.toString("base64url"),
    }));
  });

async function update(own: MemoryTransaction, name: Name, change: Partial<ReminderRow>): Promise<void> {
  const { reminder } = own.tables;
  const key = keyOf.reminder(name);
  if (!own.sees(name.tenant) || own.get(reminder, key) === undefined) return;
  await own.lock(reminder, key);
  const row = own.get(reminder, key);
  if (row === undefined) return;
  const next = { ...row, ...change };
  if (next.noted_at !== null && next.accepted_at === null) throw new DatabaseError("reminder_check");
  own.write(reminder, key, next);
}

export const markNoted: typeof real.markNoted = async (trx, reminder, notedAt) =>
  statementIn(trx, (own) => update(own, reminder, { noted_at: notedAt }));

export const noteLater: typeof real.noteLater = async (trx, reminder, forMs) =>
  statementIn(trx, (own) => update(own, reminder, { note_at: own.database.nowMs() + forMs }));

export const isSilenceGoingOn: typeof real.isSilenceGoingOn = async (trx, mail) =>
  statementIn(trx, async (own) => remindedOf(own, mail).length > 0);
