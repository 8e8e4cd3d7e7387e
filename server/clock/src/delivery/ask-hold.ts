import type { ClockParts } from "../clock-parts.ts";
import type { MailName } from "../storage/outbox.ts";

/**
 * When the hold that a letter speaks of ends by itself at the earliest (product time), as the keyholder says now. Null where none of the owner's bequests is
 * held after that restore any more: they signed, or nothing of it is armed. `unknown` where the keyholder says nothing of any, whose records it may not be
 * able to read. Throws DependencyError while the keyholder is away.
 */
export async function askHold(
  { keyholder }: ClockParts,
  { tenant: account, key }: MailName,
): Promise<number | "unknown" | null> {
  const [, restore = ""] = key.split(":");
  const { items, nowWallMs } = await keyholder.switches({ account });
  if (items.length === 0) return "unknown";
  const lefts = items.flatMap(({ heldAfter }) => heldAfter.filter((one) => one.restore === restore));
  return lefts.length === 0 ? null : nowWallMs + Math.min(...lefts.map(({ left }) => left));
}
