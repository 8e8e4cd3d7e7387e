import { inTenant } from "@afterkeep/platform";
import type { Services } from "../services.ts";
import { deletePending } from "../storage/documents.ts";
import { deleteExpiredAccess, findStaleDocuments } from "../storage/lookups.ts";

const pendingForMs = 24 * 3_600_000;

/** Removes documents that nobody committed for a day (real time) with their objects, and sessions, tickets and links that ended. */
export async function tidyUp(services: Pick<Services, "db" | "objects" | "realClock">): Promise<void> {
  const now = services.realClock.nowMs();
  await deleteExpiredAccess(services.db, now);
  for (const key of await findStaleDocuments(services.db, now - pendingForMs)) {
    // Why the row first: a row without an object is an upload to be done again, an object without a row is lost space.
    const isGone = await inTenant(services.db, { tenant: key.tenant, actor: null }, (tx) => deletePending(tx, key));
    if (isGone) await services.objects.remove(key);
  }
}
