import { inTenants } from "@afterkeep/platform";
import type { ClockParts } from "../clock-parts.ts";
import { pinKeyholder } from "../keyholder-pin.ts";
import { loadCursor, saveCursor } from "../storage/clock-cursor.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { lookAtDue } from "./look-at-due.ts";
import { nameOfSwitch, placeOf } from "./mirror-of.ts";
import { reconcileEach } from "./reconcile-each.ts";
import { type Answer, reconcile } from "./reconcile.ts";

/** Why no more: the keyholder describes a page at one go, and check-ins wait as long. */
const page = 100;
const pagesTogether = 6;

/**
 * Reads the news: everything that changed at the keyholder since the stored cursor, reconciled a few pages together, with the cursor in the same
 * transaction. Then looks at what is due by the timer. Answers the keyholder's factor of product to real time. Throws ForbiddenError
 * `keyholder-changed`, and DependencyError when the keyholder is away.
 */
export async function readFeed(parts: ClockParts, folder: string): Promise<{ factor: number }> {
  const { epoch, factor, ...info } = await parts.keyholder.info({});
  const pinned = await pinKeyholder(folder, info);
  for (let news = await readNews(parts, await loadCursor(parts.db, epoch)); news.items.length > 0;) {
    // Why begun before these are written: keyholder and database then work at the same time.
    const next = readNews(parts, news.cursor);
    next.catch(() => {});
    await reconcileNews(parts, { pinned, epoch, items: news.items }, news.cursor);
    news = await next;
  }
  await lookAtDue(parts, { pinned, epoch });
  return { factor };
}

type News = { items: KeyholderSwitch[]; cursor: number };

async function readNews({ keyholder }: ClockParts, after: number): Promise<News> {
  // Why by name: what changes between two pages is on both, and the later word counts.
  const newest = new Map<string, KeyholderSwitch>();
  let position = after;
  for (let pages = 0; pages < pagesTogether; pages++) {
    const { items, cursor } = await keyholder.switches({ after: position, limit: page });
    if (items.length === 0 || cursor <= position) break;
    for (const item of items) newest.set(nameOfSwitch(placeOf(item)), item);
    position = cursor;
  }
  return { items: [...newest.values()], cursor: position };
}

async function reconcileNews(parts: ClockParts, answer: Answer, position: number): Promise<void> {
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
