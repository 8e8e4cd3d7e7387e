import { appendAudit } from "@afterkeep/platform";
import { openStatement } from "@afterkeep/statements";
import { decodeBase64url } from "@afterkeep/bytes";
import { auditEntryOf } from "../context/call.ts";
import type { Operation } from "./operation.ts";

/**
 * The keyholder alone judges who may freeze; here it is carried, and noted from where it came. Why no more rests on this note: a crash before it would lose
 * it, so that everything was frozen or thawed is told by the clock zone, which reads it at the keyholder.
 */
export const orderFreeze: Operation<"orderFreeze"> = async (call, { body }) => {
  const { keyholder, productTime, db } = call.services;
  const answer = await keyholder.orderFreeze(body);
  const [{ publicKey }, at] = await Promise.all([keyholder.info({}), productTime.nowMs()]);
  const { freeze, left, more } = openStatement("freeze-state", answer.state, decodeBase64url(publicKey)).body;
  const note = { tenant: "", action: "freeze.ordered", resource: "", fields: { freeze, left, more } };
  await db.transaction().execute((trx) => appendAudit(trx, auditEntryOf(call, at, note)));
  return answer;
};
