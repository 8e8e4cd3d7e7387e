import type { ClockParts } from "../clock-parts.ts";
import type { MailName } from "../storage/outbox.ts";

/**
 * When the policy that a letter speaks of can bind at the earliest (product time), as the keyholder says now. Null where it cools no more: it was cancelled,
 * replaced, or binds. `unknown` where the keyholder says nothing of that switch, whose record it may not be able to read. Throws DependencyError while the
 * keyholder is away.
 */
export async function askCooling(
  { keyholder }: ClockParts,
  { tenant: account, key }: MailName,
): Promise<number | "unknown" | null> {
  const [, b = "", policyHash = ""] = key.split(":");
  const { items, nowWallMs } = await keyholder.switches({ bequests: [{ account, b }] });
  const [item] = items;
  if (item === undefined) return "unknown";
  const cooling = item.cooling.find((one) => one.policyHash === policyHash);
  return cooling === undefined ? null : nowWallMs + cooling.left;
}
