import type { ClockParts } from "../clock-parts.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { pinKeyholder, type PinnedKeyholder } from "../keyholder-pin.ts";
import { lookAgain } from "./look-again.ts";
import { reconcileAccount } from "./reconcile-account.ts";

const page = 200;

/**
 * Reads everything that changed at the keyholder since the stored cursor and reconciles each account. The cursor moves past what
 * was done; what failed (a zone was away) is read again next time, without holding up the rest. Answers the keyholder's factor
 * of product to real time. Throws ForbiddenError `keyholder-changed`, and DependencyError when the keyholder is away.
 */
export async function readFeed(parts: ClockParts, folder: string): Promise<{ factor: number }> {
  const { epoch, factor, ...info } = await parts.keyholder.info({});
  const pinned = await pinKeyholder(folder, info);
  let after = await loadCursor(parts, epoch);
  let isWhole = true;
  for (;;) {
    const { items, cursor } = await parts.keyholder.switches({ after, limit: page });
    if (items.length === 0 || cursor <= after) break;
    isWhole = (await reconcilePage(parts, pinned, epoch, items)) && isWhole;
    after = cursor;
    if (isWhole) await saveCursor(parts, { epoch, position: cursor });
  }
  await lookAgain(parts, pinned, epoch);
  return { factor };
}

async function reconcilePage(
  parts: ClockParts,
  pinned: PinnedKeyholder,
  epoch: number,
  items: readonly KeyholderSwitch[],
): Promise<boolean> {
  let isWhole = true;
  for (const [tenant, own] of Map.groupBy(items, ({ account }) => account)) {
    try {
      await reconcileAccount(parts, pinned, { tenant, epoch, items: own });
    } catch (err) {
      isWhole = false;
      parts.logger.warn({ event: "reconcile-failed", tenant, err }, "will try again");
    }
  }
  return isWhole;
}

// Why from zero after a restore of the keyholder: its revisions began again from an older one.
async function loadCursor(parts: ClockParts, epoch: number): Promise<number> {
  const row = await parts.db.selectFrom("clock_cursor").select(["epoch", "position"]).executeTakeFirst();
  return row?.epoch === epoch ? row.position : 0;
}

async function saveCursor(parts: ClockParts, cursor: { epoch: number; position: number }): Promise<void> {
  await parts.db
    .insertInto("clock_cursor")
    .values({ only: true, ...cursor })
    .onConflict((conflict) => conflict.column("only").doUpdateSet(cursor))
    .execute();
}
