import { type Call, inTenantOf } from "../context/call.ts";
import { readNewestReceipt } from "../storage/statements.ts";

/**
 * Shows the keyholder how far it had counted for an account. Why: put back with its whole folder it has no mark of its own that would tell it what
 * it lost.
 */
export async function showNewestReceipt(call: Call, tenant: string): Promise<void> {
  const receipt = await inTenantOf(call, tenant, readNewestReceipt);
  if (receipt === "") return;
  const { isProof } = await call.services.keyholder.showReceipt({ receipt });
  if (isProof) call.services.logger.error({ event: "keyholder-rolled-back", tenant });
}
