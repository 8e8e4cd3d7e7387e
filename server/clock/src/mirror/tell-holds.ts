import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { effects } from "../effects.ts";
import { addMails } from "../storage/outbox.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";

/**
 * Tells the owner once of each restore that what they armed is held after: one letter however many of their bequests are. Call with the switches locked.
 *
 * Why nothing is verified: what the keyholder says here moves nobody, and a letter more harms nobody.
 */
export async function tellHolds(
  trx: ClockTransaction,
  parts: ClockParts,
  switches: readonly KeyholderSwitch[],
): Promise<void> {
  const names = new Set(
    switches.flatMap(({ account, heldAfter }) => heldAfter.map(({ restore }) => `${account} ${restore}`)),
  );
  // Why in order: two clocks hold switches of the same owners, and meet at these rows only; so they wait, and never for each other.
  const mails = [...names].toSorted().map((name) => {
    const [tenant = "", restore = ""] = name.split(" ");
    return { tenant, key: effects.held(restore), kind: "held" as const, recipient: null };
  });
  await addMails(trx, mails, parts.realClock.nowMs());
}
