import { createHash } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { isAbove } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import { readCounter } from "../store/accounts.ts";
import { readEpoch } from "../store/epoch.ts";
import { listIdsFrom } from "../store/statements.ts";

/** What somebody else keeps of an account: the number of its newest receipt, and what its owner signed from the newest of the chain (`from`) on. */
type Kept = { account: string; epoch: number; counter: number; from: number; digest: string };

/**
 * Those of which this store knows other statements, or fewer receipts. Why by so little: two of three small reads each find every account as it should be, and
 * so all of them can be asked about every hour.
 */
export function compareAccounts({ store }: KeyholderParts, accounts: readonly Kept[]): { differ: string[] } {
  const epoch = readEpoch(store);
  const differ = accounts.filter(
    ({ account, from, digest, ...newest }) =>
      isAbove(newest, { epoch, counter: readCounter(store, account) }) ||
      digestOf(listIdsFrom(store, account, from)) !== digest,
  );
  return { differ: differ.map(({ account }) => account) };
}

/** Of the ids in the order of their bytes, one after the other: as the api's database makes it (sql/migrations/0022). */
function digestOf(ids: readonly string[]): string {
  const hash = createHash("sha256");
  for (const id of ids.map((id) => Buffer.from(decodeBase64url(id))).sort(Buffer.compare)) hash.update(id);
  return encodeBase64url(hash.digest());
}
