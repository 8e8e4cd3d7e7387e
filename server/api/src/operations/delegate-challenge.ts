import type { Operation } from "./operation.ts";
import { showTheirReceipt } from "./show-newest-receipt.ts";

/**
 * The keyholder alone knows which keys may check in, and answers alike for every one that may not. Why nothing is healed or given back here, as for an
 * owner's challenge: anybody may ask, as often as the counting of attempts lets them.
 */
export const delegateChallenge: Operation<"delegateChallenge"> = async (call, { body: { receipt, ...delegate } }) => {
  await showTheirReceipt(call, receipt);
  return call.services.keyholder.delegateChallenge(delegate);
};
