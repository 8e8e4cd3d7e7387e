import { inTenants } from "@afterkeep/platform";
import type { ClockParts } from "../clock-parts.ts";
import { pinKeyholder } from "../keyholder-pin.ts";
import { loadCursor, saveCursor } from "../storage/clock-cursor.ts";
import { lookAtDue } from "./look-at-due.ts";
import { reconcileEach } from "./reconcile-each.ts";
import { type Answer, reconcile } from "./reconcile.ts";

/** Why no more: the keyholder describes a page at one go, and check-ins wait as long. */
const page = 200;

/**
 * Reads the news: everything that changed at the keyholder since the stored cursor, reconciled page by page, each with the cursor in one
 * transaction. Then looks at what is due by the timer. Answers the keyholder's factor of product to real time. Throws ForbiddenError
 * `keyholder-changed`, and DependencyError when the keyholder is away.
 */
export async function readFeed(parts: ClockParts, folder: string): Promise<{ factor: number }> {
  const { epoch, factor, ...info } = await parts.keyholder.info({});
  const pinned = await pinKeyholder(folder, info);
  let after = await loadCursor(parts.db, epoch);
  const ask = () => parts.keyholder.switches({ after, limit: page });
  for (let news = await ask(); news.items.length > 0 && news.cursor > after;) {
    after = news.cursor;
    // Why begun before this page is written: keyholder and database then work at the same time.
    const next = ask();
    next.catch(() => {});
    await reconcilePage(parts, { pinned, epoch, items: news.items }, news.cursor);
    news = await next;
  }
  await lookAtDue(parts, { pinned, epoch });
  return { factor };
}

async function reconcilePage(parts: ClockParts, answer: Answer, position: number): Promise<void> {
  const tenants = answer.items.map(({ account }) => account);
  try {
    await inTenants(parts.db, tenants, async (trx) => {
      await reconcile(trx, parts, answer);
      await saveCursor(trx, { epoch: answer.epoch, position });
    });
  } catch (err) {
    parts.logger.warn({ event: "page-failed", err }, "its switches are taken one by one");
    await reconcileEach(parts, answer);
    await saveCursor(parts.db, { epoch: answer.epoch, position });
  }
}
