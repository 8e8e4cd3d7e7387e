import { encodeAuditLeaf } from "@afterkeep/platform";
import { besideKinds, controlKinds } from "@afterkeep/statements";
import type * as real from "../../storage/statements.ts";
import { DatabaseError, type MemoryTransaction, statementIn } from "./memory-database.ts";
import { keyOf, type StatementRow } from "./memory-rows.ts";

type Position = real.ReceiptPosition;

export const insertStatement: typeof real.insertStatement = async (db, { tenant: seen }, row, noted) =>
  statementIn(db, async (own) => {
    const { account, statement, statement_seq, audit_leaf } = own.tables;
    own.tenant = seen;
    own.requireSeen(row.tenant, statement.name);
    const place = keyOf.statement(row.tenant, row.id);
    // Why before any waiting: one command sees what was there when it began.
    const clashes = ownRows(own, byReceipt).some((one) => byReceipt(one, row) === 0);
    if (!(await own.isFree(statement, place))) {
      await own.lock(statement, place);
      const kept = own.get(statement, place);
      if (kept === undefined || kept.receipt === row.receipt) return { isNew: false, clashes: false };
      own.write(statement, place, { ...kept, clashes: true });
      return { isNew: false, clashes: true };
    }
    if (row.seq !== null && row.seq !== undefined) {
      const seq = keyOf.seq(row.tenant, row.seq);
      if (!(await own.isFree(statement_seq, seq))) throw new DatabaseError("statement_tenant_seq_key");
      own.write(statement_seq, seq, { id: place });
    }
    await own.share(account, row.tenant);
    if (own.get(account, row.tenant) === undefined) throw new DatabaseError("statement_tenant_fkey");
    own.write(statement, place, { ...row, clashes });
    await own.lock(audit_leaf, place);
    own.write(audit_leaf, place, { tenant: row.tenant, at: noted.at, leaf: Buffer.from(encodeAuditLeaf(noted)) });
    return { isNew: true, clashes };
  });

/** The transaction's own, in the order of `compare`. */
function ownRows(own: MemoryTransaction, compare: (a: StatementRow, b: StatementRow) => number): StatementRow[] {
  const rows = own.rowsUnder(own.tables.statement, "tenant", own.tenant ?? "").map(([, row]) => row);
  return rows.sort(compare);
}

export const byReceipt = (a: Position, b: Position) =>
  a.receipt_epoch - b.receipt_epoch || a.receipt_counter - b.receipt_counter;
const newestFirst = (a: Position, b: Position) => byReceipt(b, a);
const seqOf = ({ seq }: StatementRow) => seq ?? -1;
const bySeq = (a: StatementRow, b: StatementRow) => seqOf(a) - seqOf(b);

export const readChain: typeof real.readChain = async (tx, after, limit) =>
  statementIn(tx, async (own) => {
    const chain = ownRows(own, bySeq).filter((row) => row.seq !== null && seqOf(row) > after);
    return chain.slice(0, limit).map(({ jws }) => jws);
  });

export const readRevocations: typeof real.readRevocations = async (tx, limit) =>
  statementIn(tx, async (own) => {
    const rows = ownRows(own, byReceipt).filter(({ kind }) => kind === "revoke-device");
    return rows.slice(0, limit).map(({ jws }) => jws);
  });

export const readStops: typeof real.readStops = async (tx, limit) =>
  statementIn(tx, async (own) =>
    ownRows(own, newestFirst)
      .flatMap(({ kind, jws, accepted_at }) =>
        kind === "disarm" || kind === "pause" ? [{ kind, jws, accepted_at }] : [],
      )
      .slice(0, limit),
  );

export const readNewestSeq: typeof real.readNewestSeq = async (tx) =>
  statementIn(tx, async (own) => {
    const newest = ownRows(own, bySeq).at(-1);
    return newest === undefined ? -1 : seqOf(newest);
  });

export const readNewestReceipt: typeof real.readNewestReceipt = async (tx) =>
  statementIn(tx, async (own) => ownRows(own, newestFirst)[0]?.receipt ?? "");

export const readTellingReceipts: typeof real.readTellingReceipts = async (tx) =>
  statementIn(tx, async (own) => {
    const rows = ownRows(own, (a, b) => newestFirst(a, b) || Buffer.compare(a.id, b.id));
    const newest = rows[0];
    const clash = rows.find((row) => row.clashes === true && row.receipt_epoch === newest?.receipt_epoch);
    const isTelling = (row: StatementRow) =>
      [newest, clash].some((one) => one !== undefined && byReceipt(one, row) === 0);
    return rows.filter(isTelling).map(({ receipt }) => receipt);
  });

export const readPosition: typeof real.readPosition = async (tx, seq) =>
  statementIn(tx, async (own) => {
    const row = ownRows(own, bySeq).find((one) => one.seq === seq);
    const { receipt_epoch, receipt_counter } = row ?? { receipt_epoch: -1, receipt_counter: -1 };
    return { receipt_epoch, receipt_counter };
  });

export const signedKinds: ReadonlySet<string> = new Set([...controlKinds, ...besideKinds]);

export const readKeptAfter: typeof real.readKeptAfter = async (tx, after, limit) =>
  statementIn(tx, async (own) => {
    const rows = ownRows(own, byReceipt).filter((row) => signedKinds.has(row.kind) && byReceipt(row, after) > 0);
    const last = rows[limit - 1];
    return rows
      .filter((row) => last === undefined || byReceipt(row, last) <= 0)
      .map(({ jws, receipt, receipt_epoch, receipt_counter }) => ({ jws, receipt, receipt_epoch, receipt_counter }));
  });
