import { type Head, zeroHash } from "@afterkeep/statements";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inTenantOf } from "../context/call.ts";
import { type KeptStatement, readKeptAfter, readPosition, type ReceiptPosition } from "../storage/statements.ts";

/** As many as one import takes. */
const page = 100;
/** Characters of one import: with its JSON it stays below the 8 MiB that a zone takes. The largest statement alone always fits. */
const maxPageSize = 7 * 1024 * 1024;

/**
 * Gives a keyholder whose store was restored from a backup what we still have of this account with its receipts, then asks `ask` for
 * what it says now. Null when it lacked nothing, or when this failed: an owner's sign of life must never wait for it, and the next
 * challenge tries again.
 *
 * Why not only when its head is behind ours: a disarm or a pause stands outside the chain, and must not be lost because nothing followed it.
 */
export async function giveBackWhenAsked<Answer>(
  call: Call<OwnerActor>,
  head: Head,
  ask: () => Promise<Answer>,
): Promise<Answer | null> {
  const { logger } = call.services;
  const { tenant } = call.actor;
  try {
    const count = await giveBack(call, tenant, seqOf(head));
    if (count === 0) return null;
    logger.info({ event: "statements-given-back", tenant, count });
    return await ask();
  } catch (err) {
    logger.error({ event: "statements-not-given-back", tenant, requestId: call.requestId, err });
    return null;
  }
}

/** -1 for an account that the keyholder does not know: its challenge says seq 0 with the zero hash. */
function seqOf({ seq, id }: Head): number {
  return id === zeroHash ? -1 : seq;
}

/**
 * Everything receipted after the statement of `seq`, in the order of the receipts, page by page. How many were new there. Why the keyholder is told of the last one, and also
 * where it broke off: until then it obeys no disarm among them, since what armed again may be on a later page.
 */
export async function giveBack(call: Call, tenant: string, seq: number): Promise<number> {
  const read = async (after: ReceiptPosition) =>
    fitting(await inTenantOf(call, tenant, (tx) => readKeptAfter(tx, after, page)));
  let imported = 0;
  const give = async (given: readonly KeptStatement[], more: boolean): Promise<void> => {
    const statements = given.map(({ jws: statement, receipt }) => ({ statement, receipt }));
    const asked = { account: tenant, statements, ...(more ? { more } : {}) };
    imported += (await call.services.keyholder.importStatements(asked)).imported;
  };
  let open: readonly KeptStatement[] = [];
  try {
    let given = await read(await inTenantOf(call, tenant, (tx) => readPosition(tx, seq)));
    for (let last = given.at(-1); last !== undefined; last = given.at(-1)) {
      const next = await read(last);
      await give(given, next.length > 0);
      open = next.length > 0 ? [last] : [];
      given = next;
    }
    return imported;
  } finally {
    if (open.length > 0) await give(open, false);
  }
}

/**
 * As many of the first as fit into one import, and not those alone of which the next one has the same number: after these it would be left out.
 * @param kept one page, in the order of the receipts; longer than one where its last ones have one number
 */
export function fitting(
  kept: readonly KeptStatement[],
  maxSize = maxPageSize,
  maxCount = page,
): readonly KeptStatement[] {
  let size = 0;
  const isTooLarge = ({ jws, receipt }: KeptStatement) => (size += jws.length + receipt.length + 64) > maxSize;
  const tooMany = kept.findIndex((one, at) => at >= maxCount || isTooLarge(one));
  if (tooMany === -1) return kept;
  const isCut = (at: number) => numberOf(kept[at - 1]) === numberOf(kept[at]);
  let end = tooMany;
  while (end > 0 && isCut(end)) end--;
  // Why then all the same: two of one number are never larger than an import, but for whoever writes into our database.
  return kept.slice(0, end === 0 ? tooMany : end);
}

function numberOf(kept: KeptStatement | undefined): string {
  return kept === undefined ? "" : `${kept.receipt_epoch} ${kept.receipt_counter}`;
}
