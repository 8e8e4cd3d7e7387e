import { z } from "zod";
import type { Store } from "./store.ts";

const sealedSchema = z.object({ sealed: z.instanceof(Uint8Array) });

/** Keeps an owner's address, encrypted, under its commitment. The same one again changes nothing. */
export function addContact(store: Store, account: string, hash: string, sealed: Uint8Array): void {
  store.run("insert or ignore into contact values (?, ?, ?)", account, hash, sealed);
}

export function findContact(store: Store, account: string, hash: string): Uint8Array | null {
  return (
    store.find("select sealed from contact where account = ? and hash = ?", sealedSchema, account, hash)?.sealed ?? null
  );
}

const countSchema = z.object({ count: z.int() });

export function countContacts(store: Store, account: string): number {
  return store.one("select count(*) as count from contact where account = ?", countSchema, account).count;
}
