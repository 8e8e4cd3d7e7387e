import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { z } from "zod";
import type { Store } from "./store.ts";

const tokenSchema = z.object({ account: z.string(), usedBy: z.string() });
/** `usedBy` is the statement it made, empty until then. */
export type StoredToken = z.infer<typeof tokenSchema>;

/** More than the mails of one silence; the oldest give way. */
const maxPerAccount = 256;

/** Only the hash is kept: who reads the store cannot check in for anybody. */
export const hashToken = (token: string): string => encodeBase64url(sha256(decodeBase64url(token)));

export function addToken(store: Store, account: string, token: string): void {
  store.run("insert into token (hash, account, used_by) values (?, ?, '')", hashToken(token), account);
  store.run(
    `delete from token where account = ? and position <= coalesce((select position from token where account = ?
      order by position desc limit 1 offset ?), 0)`,
    account,
    account,
    maxPerAccount,
  );
}

export function findToken(store: Store, token: string): StoredToken | null {
  return store.find("select account, used_by as usedBy from token where hash = ?", tokenSchema, hashToken(token));
}

export function useToken(store: Store, token: string, statement: string): void {
  store.run("update token set used_by = ? where hash = ?", statement, hashToken(token));
}

export function dropToken(store: Store, token: string): void {
  store.run("delete from token where hash = ?", hashToken(token));
}
