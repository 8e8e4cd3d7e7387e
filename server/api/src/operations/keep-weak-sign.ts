import { callOfOurs } from "../context/call-of-ours.ts";
import type { Call } from "../context/call.ts";
import { type Receipted, storeReceipted } from "./receipted-statement.ts";
import { showNewestReceipt } from "./show-newest-receipt.ts";

/**
 * Keeps what counted without a challenge of its owner's. Why looked at again after it: nobody showed the keyholder anything of this account before, and one that was put
 * back counts past what it lost; this sign's own number tells that. It counted all the same: what cannot be shown now is shown by the next turn.
 */
export async function keepWeakSign(call: Call, sign: Omit<Receipted, "seq" | "action">): Promise<void> {
  const { services } = call;
  const at = await services.productTime.nowMs();
  const { clashes } = await storeReceipted(call, services.db, at, { ...sign, seq: null });
  if (!clashes) return;
  try {
    await showNewestReceipt(callOfOurs(services), sign.tenant);
  } catch (err) {
    services.logger.error({ event: "receipts-not-shown", tenant: sign.tenant, err });
  }
}
