import { appendAudit } from "@afterkeep/platform";
import { openStatement } from "@afterkeep/statements";
import { decodeBase64url } from "@afterkeep/bytes";
import { auditEntryOf } from "../context/call.ts";
import type { Operation } from "./operation.ts";

/**
 * The keyholder alone judges who may freeze; here it is carried, and noted as one leaf of nobody's account. Each bequest's own leaf comes from the clock
 * zone, which reads at the keyholder what stands still.
 */
export const orderFreeze: Operation<"orderFreeze"> = async (call, { body }) => {
  const { keyholder, productTime, db } = call.services;
  const answer = await keyholder.orderFreeze(body);
  const [{ publicKey }, at] = await Promise.all([keyholder.info({}), productTime.nowMs()]);
  const { freeze, left, more } = openStatement("freeze-state", answer.state, decodeBase64url(publicKey)).body;
  const action = left > 0 ? "keyholder.frozen" : "keyholder.thawed";
  const note = { tenant: "", action, resource: "", fields: { freeze, left, more } };
  await db.transaction().execute((trx) => appendAudit(trx, auditEntryOf(call, at, note)));
  return answer;
};
