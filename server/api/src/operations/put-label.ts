import { ConflictError } from "@afterkeep/platform";
import { fromWire } from "../access/wire.ts";
import { inOwnTenant, noteAudit, type Tx } from "../context/call.ts";
import { readBequest } from "../storage/bequests.ts";
import { replaceLabel } from "../storage/labels.ts";
import { readRecipient } from "../storage/recipients.ts";
import { recipientUnknown } from "./deposit-key.ts";
import type { Operation } from "./operation.ts";
import { bequestUnknown } from "./submit-statement.ts";

export const putLabel: Operation<"putLabel"> = async (call, { params: { kind, id }, body: { label, expectedRev } }) => {
  const { tenant } = call.actor;
  const at = await call.services.productTime.nowMs();
  return inOwnTenant(call, async (tx) => {
    const isReplaced = await replaceLabel(tx, kind, { id, label: fromWire(label), expectedRev });
    if (!isReplaced) throw await whyNot(tx, kind, id);
    const labelRev = expectedRev + 1;
    await noteAudit(call, tx, at, {
      tenant,
      action: `${kind}.relabelled`,
      resource: `${kind}:${id}`,
      fields: { labelRev },
    });
    return { labelRev };
  });
};

async function whyNot(tx: Tx, kind: "bequest" | "recipient", id: string): Promise<Error> {
  if (kind === "bequest" && (await readBequest(tx, id)) === null) return bequestUnknown();
  if (kind === "recipient" && (await readRecipient(tx, id)) === null) return recipientUnknown();
  return new ConflictError("label-changed", "Another device changed this.", { next: "Reload and do it again." });
}
