import { enqueueMail, pgId } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import type { Owner } from "../people.ts";
import { bytesOf } from "./bytes-of.ts";

type DueReminder = KeyholderSwitch["remindersDue"][number] & { b: string; lastSign: string; earliestMs: number };

/**
 * Writes one mail for all reminders of an account that are due and rest on no mail yet. Call with the account locked: the token is
 * minted inside, so that two clocks never mint for one mail, and a mail's link is never the one that lost.
 */
export async function remind(
  trx: ClockTransaction,
  parts: ClockParts,
  owner: Owner,
  { tenant, items }: { tenant: string; items: readonly KeyholderSwitch[] },
): Promise<void> {
  const due = await withoutMail(trx, tenant, items.flatMap(remindersOf));
  const [first] = due;
  if (first === undefined) return;
  const { token } = await parts.keyholder.mintToken({ account: tenant });
  const mail = await enqueueMail(trx, {
    tenant,
    key: `reminder:${first.b}:${first.lastSign}:${first.phase}:${first.index}`,
    to: owner.email,
    content: {
      kind: due.some(({ phase }) => phase === "grace") ? "grace-reminder" : "reminder",
      ownerName: owner.name,
      token,
      earliestMs: Math.min(...due.map(({ earliestMs }) => earliestMs)),
    },
    dek: owner.dek,
    nowMs: parts.realClock.nowMs(),
  });
  if (mail !== null) await restOn(trx, tenant, mail, due);
}

function remindersOf(item: KeyholderSwitch): DueReminder[] {
  const { b, lastSign, earliestWallMs: earliestMs } = item;
  return item.remindersDue.map((reminder) => ({ ...reminder, b, lastSign, earliestMs }));
}

async function withoutMail(trx: ClockTransaction, tenant: string, due: DueReminder[]): Promise<DueReminder[]> {
  if (due.length === 0) return [];
  const rows = await trx
    .selectFrom("reminder")
    .select(["b", "last_sign", "phase", "index"])
    .where("tenant", "=", pgId(tenant))
    .where("b", "in", [...new Set(due.map(({ b }) => pgId(b)))])
    .execute();
  const known = new Set(rows.map((row) => nameOf({ ...row, lastSign: row.last_sign.toString("base64url") })));
  return due.filter((reminder) => !known.has(nameOf(reminder)));
}

function nameOf({ b, lastSign, phase, index }: Pick<DueReminder, "b" | "lastSign" | "phase" | "index">): string {
  return `${b} ${lastSign} ${phase} ${index}`;
}

async function restOn(trx: ClockTransaction, tenant: string, mail: string, due: DueReminder[]): Promise<void> {
  const rows = due.map(({ b, lastSign, phase, index }) => ({
    tenant: pgId(tenant),
    b: pgId(b),
    last_sign: bytesOf(lastSign),
    phase,
    index,
    mail: pgId(mail),
  }));
  await trx
    .insertInto("reminder")
    .values(rows.map((row) => ({ ...row, accepted_at: null, noted_at: null })))
    .execute();
}
