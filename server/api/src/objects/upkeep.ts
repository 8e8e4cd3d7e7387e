import { newId } from "@afterkeep/bytes";
import { appendAudit, inTenant } from "@afterkeep/platform";
import type { Tx } from "../context/call.ts";
import type { Services } from "../services.ts";
import { lockAccount } from "../storage/accounts.ts";
import { deleteStale, readKeys } from "../storage/documents.ts";
import { deleteExpiredAccess, findStalePending, findStaleRetired } from "../storage/lookups.ts";
import type { ObjectKey, StoredObject } from "./object-store.ts";
import { removeOrphan } from "./removal.ts";

type Needed = Pick<Services, "db" | "objects" | "realClock" | "productTime">;

const dayMs = 24 * 3_600_000;
/** Real time, counted from the last part that arrived: a slow line may need many evenings. */
const pendingForMs = 7 * dayMs;
/** Real time in which a version that the vault names no more can be named again. */
const retiredForMs = 30 * dayMs;
/**
 * How long a folder without rows stays. Why a month, when an upload that is under way has its row at once: after a restore of last week's database the
 * week's documents have none, and a newer dump may still turn up.
 */
const orphanForMs = 30 * dayMs;

/** Removes sessions, tickets and links that ended, and pending versions of which nothing arrived for 7 days. */
export async function tidyUp(services: Needed): Promise<void> {
  const now = services.realClock.nowMs();
  await deleteExpiredAccess(services.db, now);
  await removeAll(services, await findStalePending(services.db, now - pendingForMs));
}

/** Removes versions that were retired 30 days ago and that no bequest's manifest names. */
export async function removeRetired(services: Needed): Promise<void> {
  const before = services.realClock.nowMs() - retiredForMs;
  await removeAll(services, await findStaleRetired(services.db, before));
}

async function removeAll(services: Needed, keys: readonly ObjectKey[]): Promise<void> {
  if (keys.length === 0) return;
  const at = await services.productTime.nowMs();
  for (const key of keys) {
    // Why the row first: a row without an object is an upload to be done again, an object without a row is lost space.
    const isGone = await inTenant(services.db, { tenant: key.tenant, actor: null }, (tx) =>
      remove(services, tx, at, key),
    );
    if (isGone) await removeOrphan(services, key);
  }
}

async function remove(services: Needed, tx: Tx, at: number, { tenant, doc, ver }: ObjectKey): Promise<boolean> {
  const now = services.realClock.nowMs();
  // Why: a list that names this version is offered under this lock too.
  await lockAccount(tx);
  const before = { pending: now - pendingForMs, retired: now - retiredForMs };
  if (!(await deleteStale(tx, { doc, ver }, before))) return false;
  await appendAudit(tx, {
    at,
    account: tenant,
    actor: "system",
    actorId: "",
    action: "document.removed",
    resource: `document:${doc}`,
    fields: { ver },
    requestId: newId(now),
    ipClass: "loopback",
  });
  return true;
}

/** Removes folders of parts that are a month old and have no row: what a crash left between a row's end and its bytes'. */
export async function sweepOrphans(services: Needed): Promise<void> {
  const before = services.realClock.nowMs() - orphanForMs;
  let known = { tenant: "", keys: new Set<string>() };
  for await (const found of services.objects.list()) {
    if (!isOurs(found) || found.changedAt > before) continue;
    if (known.tenant !== found.tenant) known = { tenant: found.tenant, keys: await keysOf(services, found.tenant) };
    if (!known.keys.has(`${found.doc} ${found.ver}`)) await removeOrphan(services, found);
  }
}

async function keysOf(services: Needed, tenant: string): Promise<Set<string>> {
  const keys = await inTenant(services.db, { tenant, actor: null }, readKeys);
  return new Set(keys.map(({ doc, ver }) => `${doc} ${ver}`));
}

// Somebody else's folder in ours is left alone.
function isOurs({ tenant, doc, ver }: StoredObject): boolean {
  return [tenant, doc, ver].every((id) => /^[A-Za-z0-9_-]{21}[AQgw]$/.test(id));
}
