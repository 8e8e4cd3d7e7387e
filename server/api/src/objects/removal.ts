import { inTenant } from "@afterkeep/platform";
import type { Services } from "../services.ts";
import { lockAccount } from "../storage/accounts.ts";
import { readDocument } from "../storage/documents.ts";
import type { ObjectKey } from "./object-store.ts";

/**
 * Removes the bytes of a version whose row is gone. Why under the account's lock, which beginDocument takes too: announced again in
 * between, the version would lose parts that have arrived since.
 */
export async function removeOrphan(services: Pick<Services, "db" | "objects">, key: ObjectKey): Promise<void> {
  await inTenant(services.db, { tenant: key.tenant, actor: null }, async (tx) => {
    await lockAccount(tx);
    if ((await readDocument(tx, key)) === null) await services.objects.remove(key);
  });
}
