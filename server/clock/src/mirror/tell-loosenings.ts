import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { effects } from "../effects.ts";
import { addMails } from "../storage/outbox.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";

/**
 * Tells the owner once of each policy that loosens the bound one and cools: whoever signed it has the owner's keys, and may be somebody else. Call with the
 * switches locked.
 *
 * Why nothing is verified: what the keyholder says here moves nobody, and a letter more harms nobody.
 */
export async function tellLoosenings(
  trx: ClockTransaction,
  parts: ClockParts,
  switches: readonly KeyholderSwitch[],
): Promise<void> {
  const mails = switches.flatMap(({ account: tenant, b, cooling }) =>
    cooling.map(({ policyHash }) => ({
      tenant,
      key: effects.loosening(b, policyHash),
      kind: "loosening" as const,
      recipient: null,
    })),
  );
  await addMails(trx, mails, parts.realClock.nowMs());
}
