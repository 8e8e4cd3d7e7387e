import { createHash } from "node:crypto";
import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { isAbove } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import { readCounter } from "../store/accounts.ts";
import { readEpoch } from "../store/epoch.ts";
import { listIdsFrom, listReceiptsOf } from "../store/statements.ts";
import { isToObeyIn } from "./import-statements.ts";

/** What somebody else keeps of an account: the number of its newest receipt, and what its owner signed from the newest of the chain (`from`) on. */
type Kept = { account: string; epoch: number; counter: number; from: number; digest: string };

/**
 * Those of which this store knows other statements, or fewer receipts; also one that cannot be read. Why by so little: two small reads find an account as it
 * should be, and so all of them can be asked about every hour.
 */
export function compareAccounts(parts: KeyholderParts, accounts: readonly Kept[]): { differ: string[] } {
  const epoch = readEpoch(parts.store);
  return { differ: accounts.filter((kept) => differs(parts, epoch, kept)).map(({ account }) => account) };
}

/**
 * Those of which this store has other statements than these or other receipts, or has not obeyed what it has; also one that cannot be read. To give any of the others back
 * would change nothing. Why out of the rows each time: a number kept beside them would be put back with a store, or outlive a row that its disk lost.
 */
export function compareWhole(
  parts: KeyholderParts,
  accounts: readonly { account: string; digest: string }[],
): { differ: string[] } {
  const isOther = ({ account, digest }: { account: string; digest: string }): boolean => {
    try {
      return digestOfAll(listReceiptsOf(parts.store, account)) !== digest || isToObeyIn(parts, account);
    } catch (error) {
      parts.onError(error);
      return true;
    }
  };
  return { differ: accounts.filter(isOther).map(({ account }) => account) };
}

function differs({ store, onError }: KeyholderParts, epoch: number, kept: Kept): boolean {
  const { account, from, digest, ...newest } = kept;
  try {
    const isAhead = isAbove(newest, { epoch, counter: readCounter(store, account) });
    return isAhead || digestOf(listIdsFrom(store, account, from)) !== digest;
  } catch (error) {
    // Why not thrown: one that cannot be read must not keep all others from having what they lost.
    onError(error);
    return true;
  }
}

/** Of the ids in the order of their bytes, one after the other: as the api's database makes it (sql/migrations/0022). */
function digestOf(ids: readonly string[]): string {
  return hashOf(ids.map((id) => Buffer.from(decodeBase64url(id))));
}

/** The same with each receipt's hash behind its statement's id (sql/migrations/0032). */
function digestOfAll(receipted: readonly { id: string; receipt: string }[]): string {
  return hashOf(
    receipted.map(({ id, receipt }) =>
      Buffer.concat([decodeBase64url(id), createHash("sha256").update(receipt).digest()]),
    ),
  );
}

function hashOf(parts: Buffer[]): string {
  const hash = createHash("sha256");
  for (const part of parts.sort(Buffer.compare)) hash.update(part);
  return encodeBase64url(hash.digest());
}
