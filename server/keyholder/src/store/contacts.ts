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

const hashSchema = z.object({ hash: z.string() });

export function listContacts(store: Store, account: string): string[] {
  return store
    .all("select hash from contact where account = ? order by hash", hashSchema, account)
    .map(({ hash }) => hash);
}

export function removeContact(store: Store, account: string, hash: string): void {
  store.run("delete from contact where account = ? and hash = ?", account, hash);
}
