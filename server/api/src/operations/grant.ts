import { inOwnTenant, noteAudit } from "../context/call.ts";
import { callOfOurs } from "../context/call-of-ours.ts";
import type { Operation } from "./operation.ts";
import { showNewestReceipt } from "./show-newest-receipt.ts";

/**
 * The keyholder alone decides and writes the fetch before its share leaves; here it is noted and carried. Why shown our newest receipt first: one put
 * back from a copy would give what its owner has taken back since.
 */
export const grant: Operation<"grant"> = async (call, { params: { b }, body }) => {
  const { tenant, recipient } = call.actor;
  await showNewestReceipt(callOfOurs(call.services), tenant);
  const answer = await call.services.keyholder.grant({ account: tenant, b, r: recipient, ...body });
  const at = await call.services.productTime.nowMs();
  const note = { tenant, action: "release.fetched", resource: `bequest:${b}`, fields: { decision: body.decisionId } };
  await inOwnTenant(call, (tx) => noteAudit(call, tx, at, note));
  return answer;
};
