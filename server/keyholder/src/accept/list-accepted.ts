import { statementKindOf } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import { listChainSizes, listReceipted } from "../store/statements.ts";
import { isOwnerKind, type OwnerKind } from "./accept-control.ts";

/** Characters of one answer, but always at least one control statement. */
const maxPageSize = 4 * 1024 * 1024;

type Accepted = { kind: OwnerKind; statement: string; receipt: string };

/**
 * The statements that were accepted from seq `from` on, with their receipts: whoever keeps a copy and missed an answer makes it whole
 * from here. Nothing secret: every one of them came from there.
 */
export function listAccepted(
  { store }: KeyholderParts,
  { account, from, limit }: { account: string; from: number; limit: number },
): { statements: Accepted[]; more: boolean } {
  const sizes = listChainSizes(store, account, from, limit + 1);
  const until = from + countThatFit(sizes.slice(0, limit), maxPageSize);
  const statements = listReceipted(store, account, from, until).flatMap(({ jws, receipt }) => {
    const kind = statementKindOf(jws);
    return isOwnerKind(kind) ? [{ kind, statement: jws, receipt }] : [];
  });
  return { statements, more: from + sizes.length > until };
}

/** How many of the first fit together; one always does, or a large one would never be reached. */
export function countThatFit(sizes: readonly number[], maxSize: number): number {
  let total = 0;
  const tooMany = sizes.findIndex((size) => {
    total += size;
    return total > maxSize;
  });
  return tooMany === -1 ? sizes.length : Math.max(1, tooMany);
}
