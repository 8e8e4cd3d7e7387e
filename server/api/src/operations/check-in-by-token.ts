import { fromWire } from "../access/wire.ts";
import type { Operation } from "./operation.ts";
import { keepWeakSign } from "./keep-weak-sign.ts";
import { showTheirReceipt } from "./show-newest-receipt.ts";

/**
 * The token says to the keyholder alone whose it is; we learn the account from its answer. Why shown first: the device that the link was opened on may know that the
 * keyholder was put back, and what counted past it would be refused there.
 */
export const checkInByToken: Operation<"checkInByToken"> = async (call, { body: { receipt, ...link } }) => {
  await showTheirReceipt(call, receipt);
  const answer = await call.services.keyholder.submitToken(link);
  const statement = { id: fromWire(answer.statement), jws: "" };
  await keepWeakSign(call, { kind: "token", tenant: answer.account, statement, receipt: answer.receipt });
  return answer;
};
