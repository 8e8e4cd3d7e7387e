import { inOwnTenant, noteAudit } from "../context/call.ts";
import type { Operation } from "./operation.ts";

/**
 * The keyholder alone judges who may ask; here it is carried, and noted from where it came. Why no more rests on this note: a crash before it
 * would lose it, so that a request stands at all is told by the clock zone, which reads it at the keyholder.
 */
export const ask: Operation<"ask"> = async (call, { params: { b }, body }) => {
  const { tenant, recipient } = call.actor;
  const answer = await call.services.keyholder.ask({ account: tenant, b, r: recipient, ...body });
  const at = await call.services.productTime.nowMs();
  const note = { tenant, action: "request.asked", resource: `bequest:${b}`, fields: { request: body.request } };
  await inOwnTenant(call, (tx) => noteAudit(call, tx, at, note));
  return answer;
};
