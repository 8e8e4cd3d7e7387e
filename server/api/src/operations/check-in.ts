import { readStatement } from "../access/statement-reading.ts";
import type { Operation } from "./operation.ts";
import { askReceipt, storeReceipted } from "./receipted-statement.ts";
import { requireOwn } from "./submit-statement.ts";

export const checkIn: Operation<"checkIn"> = async (call, { body }) => {
  const statement = readStatement("checkin", body.statement);
  requireOwn(call, statement.body.account);
  const { receipt } = await askReceipt(call, "checkin", statement);
  const at = await call.services.productTime.nowMs();
  const accepted = { kind: "checkin" as const, tenant: call.actor.tenant, statement, receipt, seq: null };
  await storeReceipted(call, call.services.db, at, accepted);
  return { receipt };
};
