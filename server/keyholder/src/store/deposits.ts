import { z } from "zod";
import type { Store } from "./store.ts";

const depositSchema = z.object({ request: z.string(), imported: z.string() });
/** What was asked with these sealed bytes (a hash) and the signed answer. */
export type StoredDeposit = z.infer<typeof depositSchema>;

export function findDeposit(store: Store, hash: string): StoredDeposit | null {
  return store.find("select request, imported from deposit where hash = ?", depositSchema, hash);
}

export function addDeposit(store: Store, hash: string, deposit: StoredDeposit): void {
  store.run("insert into deposit values (?, ?, ?)", hash, deposit.request, deposit.imported);
}
