import { type Call, inTenantOf } from "../context/call.ts";
import { readTellingReceipts } from "../storage/statements.ts";

/**
 * Shows the keyholder how far it had counted for an account, and where it counted past what it lost. Why: put back with its whole folder it has no mark of its own
 * that would tell it what it lost.
 * @param theirs what an owner's device has: newer than ours where our database was put back with it
 */
export async function showNewestReceipt(call: Call, tenant: string, theirs = ""): Promise<void> {
  const ours = await inTenantOf(call, tenant, readTellingReceipts);
  for (const receipt of new Set([...ours, theirs])) if (await isProof(call, receipt)) noteProof(call, { tenant });
}

/**
 * The same with what somebody without a session has, before we know whose it is. Why none of ours: whoever asks in vain must not learn by the time it takes
 * which accounts there are.
 */
export async function showTheirReceipt(call: Call, theirs = ""): Promise<void> {
  if (await isProof(call, theirs)) noteProof(call, {});
}

async function isProof({ services }: Call, receipt: string): Promise<boolean> {
  return receipt !== "" && (await services.keyholder.showReceipt({ receipt })).isProof;
}

function noteProof({ services }: Call, whose: { tenant?: string }): void {
  services.logger.error({ event: "keyholder-rolled-back", ...whose });
}
