import { ConflictError } from "@afterkeep/platform";
import { inOwnTenant, noteAudit } from "../context/call.ts";
import { removeOrphan } from "../objects/removal.ts";
import { lockAccount } from "../storage/accounts.ts";
import { deletePending, lockDocument } from "../storage/documents.ts";
import { isVersionOffered } from "../storage/manifest-offers.ts";
import type { Operation } from "./operation.ts";

/** Gives up an upload: row, parts and bytes go, and its space is free again. What is gone already is fine. */
export const discardDocument: Operation<"discardDocument"> = async (call, { params: { doc, ver } }) => {
  const key = { doc, ver };
  const { tenant } = call.actor;
  const at = await call.services.productTime.nowMs();
  await inOwnTenant(call, async (tx) => {
    // Why: a list that names this version is offered under this lock too.
    await lockAccount(tx);
    const row = await lockDocument(tx, key);
    if (row === null) return;
    if (row.state !== "pending") throw documentCommitted();
    if (await isVersionOffered(tx, key)) throw documentOffered();
    await deletePending(tx, key);
    await noteAudit(call, tx, at, {
      tenant,
      action: "document.discarded",
      resource: `document:${doc}`,
      fields: { ver },
    });
  });
  await removeOrphan(call.services, { tenant, ...key });
  return {};
};

function documentCommitted(): ConflictError {
  return new ConflictError("document-committed", "This version is part of your vault, so it cannot be discarded.", {
    next: "Remove the document instead.",
  });
}

function documentOffered(): ConflictError {
  return new ConflictError("document-offered", "This version is about to become part of your vault.", {
    next: "Open your vault again. If the document is there, remove it; if not, try again in a while.",
  });
}
