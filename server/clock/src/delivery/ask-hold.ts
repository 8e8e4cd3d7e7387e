import type { ClockParts } from "../clock-parts.ts";
import { restoreOf } from "../effects.ts";
import type { MailName } from "../storage/outbox.ts";
import { saysNothing } from "./says-nothing.ts";

/**
 * When the hold that a letter speaks of ends by itself at the earliest (product time), as the keyholder says now. Null where none of the owner's bequests is
 * held after that restore any more: they signed, or nothing of it is armed. Throws DependencyError while the keyholder is away, or says nothing of any.
 */
export async function askHold({ keyholder }: ClockParts, mail: MailName): Promise<number | null> {
  const restore = restoreOf(mail);
  const { items, nowWallMs } = await keyholder.switches({ account: mail.tenant });
  if (items.length === 0) throw saysNothing();
  const lefts = items.flatMap(({ heldAfter }) => heldAfter.filter((one) => one.restore === restore));
  return lefts.length === 0 ? null : nowWallMs + Math.min(...lefts.map(({ left }) => left));
}
