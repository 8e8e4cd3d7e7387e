import type { ClockParts } from "../clock-parts.ts";
import { policyOf } from "../effects.ts";
import type { MailName } from "../storage/outbox.ts";
import { saysNothing } from "./says-nothing.ts";

/**
 * When the policy that a letter speaks of can bind at the earliest (product time), as the keyholder says now. Null where it cools no more: it was cancelled,
 * replaced, or binds. Throws DependencyError while the keyholder is away, or says nothing of that switch.
 */
export async function askCooling({ keyholder }: ClockParts, mail: MailName): Promise<number | null> {
  const [account, { b, policyHash }] = [mail.tenant, policyOf(mail)];
  const { items, nowWallMs } = await keyholder.switches({ bequests: [{ account, b }] });
  const [item] = items;
  if (item === undefined) throw saysNothing();
  const cooling = item.cooling.find((one) => one.policyHash === policyHash);
  return cooling === undefined ? null : nowWallMs + cooling.left;
}
