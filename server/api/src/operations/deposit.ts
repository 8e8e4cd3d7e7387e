import { inOwnTenant, noteAudit } from "../context/call.ts";
import { requireSlotOf } from "./deposit-key.ts";
import type { Operation } from "./operation.ts";

/** A share goes sealed through this zone to the keyholder; nothing of it stays here. */
export const deposit: Operation<"deposit"> = async (call, { body }) => {
  await requireSlotOf(call, body);
  const { tenant } = call.actor;
  const { imported } = await call.services.keyholder.deposit({ account: tenant, ...body });
  const at = await call.services.productTime.nowMs();
  const note = { tenant, action: "share.deposited", resource: `bequest:${body.b}`, fields: { g: body.g, r: body.r } };
  await inOwnTenant(call, (tx) => noteAudit(call, tx, at, note));
  return { imported };
};
