import { inTenant } from "@afterkeep/platform";
import type { Services } from "../services.ts";
import { deleteStale, readKeys } from "../storage/documents.ts";
import { deleteExpiredAccess, findStaleDocuments } from "../storage/lookups.ts";
import type { StoredObject } from "./object-store.ts";
import { removeOrphan } from "./removal.ts";

type Needed = Pick<Services, "db" | "objects" | "realClock">;

const dayMs = 24 * 3_600_000;
/** Real time, counted from the last part that arrived: a slow line may need many evenings. */
const pendingForMs = 7 * dayMs;
/** Real time in which a version that the vault names no more can be named again. */
const retiredForMs = 30 * dayMs;
/** A folder without rows may belong to an upload that is under way; after a day it does not. */
const orphanForMs = dayMs;

/**
 * Removes sessions, tickets and links that ended, pending versions of which nothing arrived for 7 days, and versions that were retired 30
 * days ago and that no bequest's manifest names.
 */
export async function tidyUp(services: Needed): Promise<void> {
  const now = services.realClock.nowMs();
  await deleteExpiredAccess(services.db, now);
  const before = { pending: now - pendingForMs, retired: now - retiredForMs };
  for (const key of await findStaleDocuments(services.db, before)) {
    // Why the row first: a row without an object is an upload to be done again, an object without a row is lost space.
    const isGone = await inTenant(services.db, { tenant: key.tenant, actor: null }, (tx) =>
      deleteStale(tx, key, before),
    );
    if (isGone) await removeOrphan(services, key);
  }
}

/** Removes folders of parts that have had no row for a day: what a crash left between a row's end and its bytes'. */
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
