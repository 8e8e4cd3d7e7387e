import { newId } from "@afterkeep/bytes";
import type { ClockTransaction } from "../../clock-parts.ts";
import type * as real from "../../storage/outbox.ts";
import { DatabaseError, type MemoryTransaction, statementIn } from "./memory-database.ts";
import { keyOf, type OutboxRow } from "./memory-rows.ts";

/** What an update of one row by its id, at this claim where one is named, finds, held, if it is still queued; undefined for none. */
async function lockQueued(
  trx: MemoryTransaction,
  id: string,
  claim?: number,
): Promise<[string, OutboxRow] | undefined> {
  const { outbox } = trx.tables;
  const isWanted = (row: OutboxRow | undefined) =>
    row?.state === "queued" && trx.sees(row.tenant) && (claim ?? row.claims) === row.claims;
  const [key, row] = trx.rowsUnder(outbox, "id", id)[0] ?? [];
  if (key === undefined || !isWanted(row)) return undefined;
  await trx.lock(outbox, key);
  const now = trx.get(outbox, key);
  return now !== undefined && now.id === id && isWanted(now) ? [key, now] : undefined;
}

export const addMails: typeof real.addMails = async (trx, mails, nowMs) => {
  if (mails.length === 0) return [];
  const ids = mails.map(() => newId(nowMs));
  return statementIn(trx, async (own) => {
    const { outbox } = own.tables;
    const databaseNow = own.database.nowMs();
    const written: Awaited<ReturnType<typeof real.addMails>> = [];
    for (const [i, { tenant, key, kind, recipient }] of mails.entries()) {
      own.requireSeen(tenant, outbox.name);
      const place = keyOf.outbox({ tenant, key });
      if (!(await own.isFree(outbox, place))) continue;
      const id = ids[i] ?? "";
      own.write(outbox, place, {
        ...{ id, tenant, key, kind, recipient, sealed: null, state: "queued", attempts: 0, claims: 0 },
        ...{
          next_attempt_at: databaseNow,
          claimed_until: null,
          created_at: nowMs,
          settled_at: null,
          may_have_left: false,
        },
        written_at: databaseNow,
      });
      written.push({ id, tenant, key });
    }
    return written;
  });
};

/** Holds those of these mails that are seen and in such a state, by their ids; answers where they are. */
async function lockNamed(
  trx: ClockTransaction,
  mails: readonly real.MailName[],
  isWanted: (row: OutboxRow) => boolean,
): Promise<string[]> {
  return statementIn(trx, async (own) => {
    const { outbox } = own.tables;
    const seen = mails.filter(({ tenant }) => own.sees(tenant)).map(keyOf.outbox);
    const held = [...new Set(seen)].flatMap((key) => {
      const row = own.get(outbox, key);
      return row === undefined || !isWanted(row) ? [] : [{ key, id: row.id }];
    });
    for (const { key } of held.toSorted(byId)) await own.lock(outbox, key);
    return held.map(({ key }) => key);
  });
}

export const cancelMails: typeof real.cancelMails = async (trx, mails, nowMs) => {
  if (mails.length === 0) return [];
  const found = await lockNamed(trx, mails, () => true);
  await statementIn(trx, async (own) => {
    const { outbox } = own.tables;
    for (const key of found) {
      const row = own.get(outbox, key);
      if (row?.state !== "queued" || row.claimed_until !== null) continue;
      own.write(outbox, key, { ...row, state: "cancelled", sealed: null, settled_at: nowMs });
    }
  });
  return statementIn(trx, async (own) =>
    found.flatMap((place) => {
      const row = own.get(own.tables.outbox, place);
      if (row === undefined || row.state === "queued") return [];
      return row.state === "accepted" || row.may_have_left ? [{ tenant: row.tenant, key: row.key }] : [];
    }),
  );
};

export const hasAnyLeft: typeof real.hasAnyLeft = async (trx, mails) => {
  if (mails.length === 0) return false;
  return statementIn(trx, async (own) => {
    const seen = new Set(mails.filter(({ tenant }) => own.sees(tenant)).map(keyOf.outbox));
    return [...seen].some((key) => {
      const row = own.get(own.tables.outbox, key);
      return row !== undefined && (row.state === "accepted" || row.may_have_left);
    });
  });
};

export const renewMails: typeof real.renewMails = async (trx, mails) => {
  if (mails.length === 0) return;
  const found = await lockNamed(trx, mails, ({ state }) => state === "queued" || state === "cancelled");
  await statementIn(trx, async (own) => {
    const { outbox } = own.tables;
    for (const key of found) {
      const row = own.get(outbox, key);
      if (row?.state !== "cancelled") continue;
      const next_attempt_at = own.database.nowMs();
      own.write(outbox, key, { ...row, state: "queued", settled_at: null, attempts: 0, next_attempt_at });
    }
  });
};

const bytesOf = (id: string) => Buffer.from(id, "base64url");
const byId = (a: { id: string }, b: { id: string }) => Buffer.compare(bytesOf(a.id), bytesOf(b.id));

/** Longer than any try is put off by. */
const wrongClockMs = 3_600_000;

/** Letters for which nobody waits leave when nothing else is due. */
const rankOf = ({ kind }: OutboxRow) => (kind === "held" ? 1 : 0);

export const claimMails: typeof real.claimMails = async (db, { leaseMs, batch }) =>
  statementIn(db, async (trx) => {
    const { outbox } = trx.tables;
    const databaseNow = trx.database.nowMs();
    const isDue = ({ next_attempt_at: next, claimed_until: until }: OutboxRow) =>
      (next <= databaseNow || next > databaseNow + wrongClockMs) &&
      (until === null || until <= databaseNow || until > databaseNow + 2 * leaseMs);
    const due = trx
      .rowsUnder(outbox, "queued", "yes")
      .filter(([key, row]) => isDue(row) && !trx.isHeldElsewhere(outbox, key))
      .sort(([, a], [, b]) => rankOf(a) - rankOf(b) || a.next_attempt_at - b.next_attempt_at)
      .slice(0, batch);
    const claims: Awaited<ReturnType<typeof real.claimMails>> = [];
    for (const [key, row] of due) {
      trx.take(outbox, key);
      const [attempt, claim] = [row.attempts + 1, row.claims + 1];
      const may_have_left = row.may_have_left || (row.claimed_until !== null && row.sealed !== null);
      const claimed_until = databaseNow + leaseMs;
      trx.write(outbox, key, { ...row, attempts: attempt, claims: claim, may_have_left, claimed_until });
      const { id, tenant } = row;
      claims.push({ id, tenant, attempt, claim, mayHaveLeft: may_have_left });
    }
    return claims;
  });

export const lockMail: typeof real.lockMail = async (trx, { id, claim }) =>
  statementIn(trx, async (own) => {
    const [, row] = (await lockQueued(own, id, claim)) ?? [];
    if (row === undefined) return null;
    const { key, kind, recipient, sealed, created_at } = row;
    return { key, kind, recipient, sealed, created_at, ageMs: own.database.nowMs() - row.written_at };
  });

export const saveContent: typeof real.saveContent = async (trx, id, sealed) =>
  statementIn(trx, async (own) => {
    const { outbox } = own.tables;
    const [key, row] = own.rowsUnder(outbox, "id", id)[0] ?? [];
    if (key === undefined || row === undefined || !own.sees(row.tenant)) return;
    await own.lock(outbox, key);
    const now = own.get(outbox, key);
    if (now?.id !== id) return;
    if (now.state !== "queued") throw new DatabaseError("outbox_sealed_check");
    own.write(outbox, key, { ...now, sealed, attempts: 1 });
  });

export const settleRow: typeof real.settleRow = async (trx, mail, state, settledAt) =>
  statementIn(trx, async (own) => {
    const [key, row] = (await lockQueued(own, mail.id)) ?? [];
    if (key === undefined || row === undefined) return null;
    const may_have_left = row.may_have_left || mail.mayHaveLeft;
    const settled = { state, sealed: null, settled_at: settledAt, may_have_left, claimed_until: null };
    own.write(own.tables.outbox, key, { ...row, ...settled });
    return { mayHaveLeft: may_have_left };
  });

export const postponeMail: typeof real.postponeMail = async (
  trx,
  { id, attempt, claim, mayHaveLeft },
  { forMs, isNoTry = false },
) =>
  statementIn(trx, async (own) => {
    const [key, row] = (await lockQueued(own, id, claim)) ?? [];
    if (key === undefined || row === undefined) return;
    const attempts = isNoTry ? attempt - 1 : attempt;
    if (attempts < 0) throw new DatabaseError("outbox_attempts_check");
    const may_have_left = row.may_have_left || mayHaveLeft;
    const next_attempt_at = own.database.nowMs() + forMs;
    const put = { next_attempt_at, claimed_until: null, may_have_left, attempts };
    own.write(own.tables.outbox, key, { ...row, ...put });
  });
