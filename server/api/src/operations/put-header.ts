import { fromWire } from "../access/wire.ts";
import { inOwnTenant, noteAudit } from "../context/call.ts";
import { readDocument, replaceHeader } from "../storage/documents.ts";
import { documentUnknown, headerChanged } from "./document-refusals.ts";
import type { Operation } from "./operation.ts";

export const putHeader: Operation<"putHeader"> = async (call, { params: { doc, ver }, body }) => {
  const header = fromWire(body.header);
  const at = await call.services.productTime.nowMs();
  return inOwnTenant(call, async (tx) => {
    const headerRev = await replaceHeader(tx, { doc, ver }, { header, expectedRev: body.expectedRev });
    if (headerRev === null) throw (await readDocument(tx, { doc, ver })) === null ? documentUnknown() : headerChanged();
    const fields = { ver, headerRev };
    await noteAudit(call, tx, at, {
      tenant: call.actor.tenant,
      action: "document.reshared",
      resource: `document:${doc}`,
      fields,
    });
    return { headerRev };
  });
};
