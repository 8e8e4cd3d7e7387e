import { tokenHash } from "@afterkeep/statements";
import { z } from "zod";
import type { Store } from "./store.ts";

const tokenSchema = z.object({ account: z.string(), usedBy: z.string() });
/** `usedBy` is the statement it made, empty until then. */
export type StoredToken = z.infer<typeof tokenSchema>;

/** Whose mail it goes into: a reminder of the clock zone, or the keyholder's own last call. */
export type TokenPurpose = "reminder" | "last-call";

/**
 * More than the mails of one silence; the oldest of the same purpose give way. Why the same: by minting many, the clock zone must
 * not be able to make the link of a last call stop working.
 */
const maxPerPurpose = 256;

/** Only the hash is kept: who reads the store cannot check in for anybody. */
export function addToken(store: Store, account: string, token: string, purpose: TokenPurpose): void {
  store.run(
    "insert into token (hash, account, purpose, used_by) values (?, ?, ?, '')",
    tokenHash(token),
    account,
    purpose,
  );
  store.run(
    `delete from token where account = ? and purpose = ? and position <= coalesce((select position from token
      where account = ? and purpose = ? order by position desc limit 1 offset +?), 0)`,
    account,
    purpose,
    account,
    purpose,
    maxPerPurpose,
  );
}

export function findToken(store: Store, token: string): StoredToken | null {
  return store.find("select account, used_by as usedBy from token where hash = ?", tokenSchema, tokenHash(token));
}

export function useToken(store: Store, token: string, statement: string): void {
  store.run("update token set used_by = ? where hash = ?", statement, tokenHash(token));
}

export function dropToken(store: Store, token: string): void {
  store.run("delete from token where hash = ?", tokenHash(token));
}
