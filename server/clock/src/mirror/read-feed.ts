import { inTenants } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { pinKeyholder } from "../keyholder-pin.ts";
import { loadCursor, resetCursor, saveCursor } from "../storage/clock-cursor.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { lookAtDue } from "./look-at-due.ts";
import { nameOfSwitch, placeOf } from "./mirror-of.ts";
import { DatabaseWentBack, reconcileEach } from "./reconcile-each.ts";
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
  let news = await readOn(parts, epoch);
  while (news.cursor > news.after) {
    // Why begun before these are written: keyholder and database then work at the same time.
    const next = readNews(parts, news.cursor);
    next.catch(() => {});
    if (!(await isReconciled(parts, { pinned, epoch, nowMs: news.nowMs, items: news.items }, news))) break;
    news = await next;
  }
  await lookAtDue(parts, { pinned, epoch, nowMs: news.nowMs });
  return { factor };
}

/**
 * The news from where the database is. Why from the beginning where the keyholder never counted as far: two old copies of its store have one epoch, where the mark beside
 * it was lost, and where its wall clock went back too, all that the second has to tell is below what was read of the first.
 */
async function readOn(parts: ClockParts, epoch: number): Promise<News> {
  const from = await loadCursor(parts.db, epoch);
  const news = await readNews(parts, from);
  if (news.cursor >= from) return news;
  parts.logger.error(
    { event: "keyholder-went-back" },
    "another copy of the keyholder's store tells its news: all of it is read again",
  );
  await resetCursor(parts.db, { epoch, from });
  return readNews(parts, 0);
}

/** What changed after one position, up to another, and the keyholder's time. */
type News = { items: KeyholderSwitch[]; after: number; cursor: number; nowMs: number };

async function readNews({ keyholder }: ClockParts, after: number): Promise<News> {
  // Why by name: what changes between two pages is on both, and the later word counts.
  const newest = new Map<string, KeyholderSwitch>();
  let [position, nowMs] = [after, 0];
  for (let pages = 0; pages < pagesTogether; pages++) {
    const { items, cursor, nowWallMs } = await keyholder.switches({ after: position, limit: page });
    if (cursor < after) return { items: [], after, cursor, nowMs: nowWallMs };
    nowMs = nowWallMs;
    // Why not where nothing is on a page: what the keyholder cannot read is left out, and a page full of that would be the end of all news.
    if (cursor <= position) break;
    for (const item of items) newest.set(nameOfSwitch(placeOf(item)), item);
    position = cursor;
  }
  const items = [...newest.values()].toSorted((one, other) => one.revision - other.revision);
  return { items, after, cursor: position, nowMs };
}

/** Whether the reading may go on from there. Else it begins anew with the next one, where the database says. */
async function isReconciled(parts: ClockParts, answer: Answer, { after, cursor }: News): Promise<boolean> {
  try {
    await reconcileNews(parts, answer, { after, cursor });
    return true;
  } catch (err) {
    if (!(err instanceof DatabaseWentBack)) throw err;
    parts.logger.warn({ event: "database-went-back" }, "the keyholder's news is read again from where the database is");
    return false;
  }
}

async function reconcileNews(parts: ClockParts, answer: Answer, news: Pick<News, "after" | "cursor">): Promise<void> {
  const { epoch, items } = answer;
  const tenants = items.map(({ account }) => account);
  const move = async (trx: ClockTransaction, after: number, position: number) => {
    if (!(await saveCursor(trx, { epoch, after, position }))) throw new DatabaseWentBack();
  };
  try {
    await inTenants(parts.db, tenants, async (trx) => {
      await reconcile(trx, parts, answer);
      await move(trx, news.after, news.cursor);
    });
  } catch (err) {
    if (err instanceof DatabaseWentBack) throw err;
    parts.logger.warn({ event: "page-failed", err }, "its switches are taken one by one");
    // Why with each: a database that loses its newest commits then loses of both, and never a switch that the cursor has passed.
    let [before, present] = [news.after, news.after];
    await reconcileEach(parts, answer, async (trx, { revision }) => {
      if (revision !== present) [before, present] = [present, revision];
      await move(trx, before, revision);
    });
    // What comes after the last of them was left out by the keyholder.
    if (present < news.cursor) await inTenants(parts.db, [], async (trx) => move(trx, present, news.cursor));
  }
}
