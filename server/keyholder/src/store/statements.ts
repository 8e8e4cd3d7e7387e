import { z } from "zod";
import type { Store } from "./store.ts";

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

/** The receipt that a statement got: the same one again, however often it is sent. */
export function findReceipt(store: Store, statement: string): string | null {
  return store.find("select jws from receipt where statement = ?", jwsSchema, statement)?.jws ?? null;
}

/** Invariant: `challenge` is unique, so one challenge serves one accepted statement, also when answering it failed. */
export function addReceipt(
  store: Store,
  receipt: { statement: string; account: string; challenge: string; counter: number; jws: string },
): void {
  const { statement, account, challenge, counter, jws } = receipt;
  store.run("insert into receipt values (?, ?, ?, ?, ?)", statement, account, challenge, counter, jws);
}
