import { fromWire } from "../access/wire.ts";
import type { Operation } from "./operation.ts";
import { storeReceipted } from "./receipted-statement.ts";

/** The token says to the keyholder alone whose it is; we learn the account from its answer. */
export const checkInByToken: Operation<"checkInByToken"> = async (call, { body }) => {
  const answer = await call.services.keyholder.submitToken(body);
  const at = await call.services.productTime.nowMs();
  const statement = { id: fromWire(answer.statement), jws: "" };
  const accepted = { kind: "token" as const, tenant: answer.account, statement, receipt: answer.receipt, seq: null };
  await storeReceipted(call, call.services.db, at, accepted);
  return answer;
};
