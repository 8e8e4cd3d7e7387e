import { type Call, inTenantOf } from "../context/call.ts";
import { readNewestReceipt } from "../storage/statements.ts";

/**
 * Shows the keyholder how far it had counted for an account. Why: put back with its whole folder it has no mark of its own that would tell it what
 * it lost.
 * @param theirs what an owner's device has: newer than ours where our database was put back with it
 */
export async function showNewestReceipt(call: Call, tenant: string, theirs = ""): Promise<void> {
  const ours = await inTenantOf(call, tenant, readNewestReceipt);
  for (const receipt of new Set([ours, theirs].filter((one) => one !== ""))) {
    const { isProof } = await call.services.keyholder.showReceipt({ receipt });
    if (isProof) call.services.logger.error({ event: "keyholder-rolled-back", tenant });
  }
}
