import { inOwnTenant, noteAudit } from "../context/call.ts";
import type { Operation } from "./operation.ts";

/** The keyholder alone decides and writes the fetch before its share leaves; here it is noted and carried. */
export const grant: Operation<"grant"> = async (call, { params: { b }, body }) => {
  const { tenant, recipient } = call.actor;
  const answer = await call.services.keyholder.grant({ account: tenant, b, r: recipient, ...body });
  const at = await call.services.productTime.nowMs();
  const note = { tenant, action: "release.fetched", resource: `bequest:${b}`, fields: { decision: body.decisionId } };
  await inOwnTenant(call, (tx) => noteAudit(call, tx, at, note));
  return answer;
};
