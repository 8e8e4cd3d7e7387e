import { z } from "zod";
import type { Store } from "./store.ts";

const counterSchema = z.object({ counter: z.int() });

export function hasAccount(store: Store, account: string): boolean {
  return store.find("select counter from account where id = ?", counterSchema, account) !== null;
}

export function addAccount(store: Store, account: string): void {
  store.run("insert into account values (?, 0)", account);
}

/** The number of this account's newest receipt; 0 before the first, and for an account that is not known. */
export function readCounter(store: Store, account: string): number {
  return store.find("select counter from account where id = ?", counterSchema, account)?.counter ?? 0;
}

/** The next number of this account's receipts in this epoch. */
export function nextCounter(store: Store, account: string): number {
  store.run("update account set counter = counter + 1 where id = ?", account);
  return store.one("select counter from account where id = ?", counterSchema, account).counter;
}
