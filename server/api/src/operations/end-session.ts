import { inOwnTenant, noteAudit } from "../context/call.ts";
import { deleteSession } from "../storage/sessions.ts";
import type { Operation } from "./operation.ts";

export const endSession: Operation<"endSession"> = async (call) => {
  const { tenant, sessionHash, channel } = call.actor;
  const at = await call.services.productTime.nowMs();
  await inOwnTenant(call, async (tx) => {
    await deleteSession(tx, sessionHash);
    await noteAudit(call, tx, at, {
      tenant,
      action: "session.closed",
      resource: `account:${tenant}`,
      fields: { channel },
    });
  });
  if (channel === "cookie") call.cookies.clear.push("owner");
  return {};
};
