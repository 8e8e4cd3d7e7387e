import { enqueueMail, pgId } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import type { Owner } from "../people.ts";
import { bytesOf } from "./bytes-of.ts";
import { attemptEveryMs, readAttempts } from "./reminder-attempts.ts";

type DueReminder = KeyholderSwitch["remindersDue"][number] & { b: string; lastSign: string; earliestMs: number };
type Attempt = DueReminder & { attempt: number };

/**
 * Writes one mail for all reminders of an account that are due and rest on no mail that may still arrive. Call with the account
 * locked: the token is minted inside, so that two clocks never mint for one mail, and a mail's link is never the one that lost.
 */
export async function remind(
  trx: ClockTransaction,
  parts: ClockParts,
  owner: Owner,
  { tenant, items }: { tenant: string; items: readonly KeyholderSwitch[] },
): Promise<void> {
  const due = await attemptsOf(trx, parts, tenant, items.flatMap(remindersOf));
  const [first] = due;
  if (first === undefined) return;
  const { token } = await parts.keyholder.mintToken({ account: tenant });
  const mail = await enqueueMail(trx, {
    tenant,
    key: `reminder:${first.b}:${first.lastSign}:${first.phase}:${first.index}:${first.attempt}`,
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
  if (mail !== null) await restOn(trx, { tenant, mail, nowMs: parts.clock.nowMs() }, due);
}

function remindersOf(item: KeyholderSwitch): DueReminder[] {
  const { b, lastSign, earliestWallMs: earliestMs } = item;
  return item.remindersDue.map((reminder) => ({ ...reminder, b, lastSign, earliestMs }));
}

/** Those that need a mail now: never mailed, or still awaited by the keyholder although their mail came to its end a day ago. */
async function attemptsOf(
  trx: ClockTransaction,
  parts: ClockParts,
  tenant: string,
  due: readonly DueReminder[],
): Promise<Attempt[]> {
  const known = await readAttempts(trx, tenant, [...new Set(due.map(({ b }) => b))]);
  const before = parts.clock.nowMs() - attemptEveryMs;
  return due.flatMap((reminder) => {
    const last = known.get(nameOf(reminder));
    if (last === undefined) return [{ ...reminder, attempt: 1 }];
    const mayTryAgain = last.isSettled && last.attemptedAt <= before;
    return mayTryAgain ? [{ ...reminder, attempt: last.attempt + 1 }] : [];
  });
}

function nameOf({ b, lastSign, phase, index }: Pick<DueReminder, "b" | "lastSign" | "phase" | "index">): string {
  return `${b} ${lastSign} ${phase} ${index}`;
}

async function restOn(
  trx: ClockTransaction,
  { tenant, mail, nowMs }: { tenant: string; mail: string; nowMs: number },
  due: readonly Attempt[],
): Promise<void> {
  for (const { b, lastSign, phase, index, attempt } of due) {
    const facts = {
      mail: pgId(mail),
      attempt,
      attempted_at: nowMs,
      look_at: nowMs + attemptEveryMs,
      accepted_at: null,
      noted_at: null,
    };
    await trx
      .insertInto("reminder")
      .values({ tenant: pgId(tenant), b: pgId(b), last_sign: bytesOf(lastSign), phase, index, ...facts })
      .onConflict((conflict) => conflict.columns(["tenant", "b", "last_sign", "phase", "index"]).doUpdateSet(facts))
      .execute();
  }
}
