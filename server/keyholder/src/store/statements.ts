import { z } from "zod";
import { isOfTheDisk, type Store } from "./store.ts";

const jwsSchema = z.object({ jws: z.string() });

/**
 * Keeps an accepted statement of the owner's; the order of acceptance is the order of the fold.
 * @param statement `seq` is its place in the chain, null for a disarm, which has none
 */
export function addStatement(
  store: Store,
  statement: { id: string; account: string; seq: number | null; jws: string; atMs: number },
): void {
  const { id, account, seq, jws, atMs } = statement;
  store.run(
    "insert into statement (id, account, seq, jws, accepted_at) values (?, ?, ?, ?, ?)",
    id,
    account,
    seq,
    jws,
    atMs,
  );
}

export function listStatements(store: Store, account: string): string[] {
  const rows = store.all("select jws from statement where account = ? order by position", jwsSchema, account);
  return rows.map((row) => row.jws);
}

const saidSchema = z.object({ id: z.string(), jws: z.string(), atAttended: z.int() });
/** An accepted statement, and when it was accepted or taken back after a restore; attended ms. */
export type Said = z.infer<typeof saidSchema>;

/** In the order of acceptance. */
export function listSaid(store: Store, account: string): Said[] {
  return store.all(
    "select id, jws, accepted_at as atAttended from statement where account = ? order by position",
    saidSchema,
    account,
  );
}

const sizeSchema = z.object({ size: z.int() });
const receiptedSchema = z.object({ jws: z.string(), receipt: z.string() });
/** An accepted statement and the receipt that it got. */
export type Receipted = z.infer<typeof receiptedSchema>;

/** The sizes (characters, with receipts) of up to `limit` control statements from seq `from` on, in order. */
export function listChainSizes(store: Store, account: string, from: number, limit: number): number[] {
  const rows = store.all(
    `select length(s.jws) + length(r.jws) as size from statement s join receipt r on r.statement = s.id
     where s.account = ? and s.seq >= ? order by s.seq limit +?`,
    sizeSchema,
    account,
    from,
    limit,
  );
  return rows.map(({ size }) => size);
}

/** What was accepted after seq `from` − 1 and before seq `until`, in the order of acceptance, disarms among it. */
export function listReceipted(store: Store, account: string, from: number, until: number): Receipted[] {
  return store.all(
    `select s.jws, r.jws as receipt from statement s join receipt r on r.statement = s.id
     where s.account = ?1
       and (?2 = 0 or s.position > (select position from statement where account = ?1 and seq = ?2 - 1))
       and s.position < coalesce((select position from statement where account = ?1 and seq = ?3), s.position + 1)
     order by s.position`,
    receiptedSchema,
    account,
    from,
    until,
  );
}

const idSchema = z.object({ id: z.string() });

/** The ids of what was accepted after seq `from` − 1; of everything where that is not there. */
export function listIdsFrom(store: Store, account: string, from: number): string[] {
  const rows = store.all(
    `select id from statement where account = ?1
       and position > coalesce((select position from statement where account = ?1 and seq = ?2 - 1), 0)`,
    idSchema,
    account,
    from,
  );
  return rows.map(({ id }) => id);
}

const idAndReceiptSchema = z.object({ id: z.string(), receipt: z.string() });

/** Every statement that has a receipt, by its id, with that. Why none without one: whoever asks for what was accepted is not given it either. */
export function listReceiptsOf(store: Store, account: string): z.infer<typeof idAndReceiptSchema>[] {
  return store.all(
    "select s.id, r.jws as receipt from statement s join receipt r on r.statement = s.id where s.account = ?",
    idAndReceiptSchema,
    account,
  );
}

/** What stands beside the chain, in the order of acceptance. */
export function listBeside(store: Store, account: string): string[] {
  const rows = store.all(
    "select jws from statement where account = ? and seq is null order by position",
    jwsSchema,
    account,
  );
  return rows.map(({ jws }) => jws);
}

/** The receipt that a statement got: the same one again, however often it is sent. */
export function findReceipt(store: Store, statement: string): string | null {
  return store.find("select jws from receipt where statement = ?", jwsSchema, statement)?.jws ?? null;
}

/** The same, and null too where the disk does not say: whoever then signs is verified all the same, and what cannot be read cannot be written either. */
export function findReceiptIfReadable(store: Store, statement: string): string | null {
  try {
    return findReceipt(store, statement);
  } catch (error) {
    if (isOfTheDisk(error)) return null;
    throw error;
  }
}

/** Invariant: `challenge` is unique, so one challenge serves one accepted statement, also when answering it failed. */
export function addReceipt(
  store: Store,
  receipt: { statement: string; account: string; challenge: string; counter: number; jws: string },
): void {
  const { statement, account, challenge, counter, jws } = receipt;
  store.run("insert into receipt values (?, ?, ?, ?, ?)", statement, account, challenge, counter, jws);
}
