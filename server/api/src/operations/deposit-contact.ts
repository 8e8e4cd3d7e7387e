import { inOwnTenant, noteAudit } from "../context/call.ts";
import type { Operation } from "./operation.ts";

export const depositContact: Operation<"depositContact"> = async (call, { body }) => {
  const { tenant } = call.actor;
  const { contact } = await call.services.keyholder.depositContact({ account: tenant, sealed: body.sealed });
  const at = await call.services.productTime.nowMs();
  const note = { tenant, action: "contact.deposited", resource: `account:${tenant}`, fields: { contact } };
  await inOwnTenant(call, (tx) => noteAudit(call, tx, at, note));
  return { contact };
};
