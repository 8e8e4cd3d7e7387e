import { recipientSlot } from "@afterkeep/contracts";
import { NotFoundError } from "@afterkeep/platform";
import { type Call, inTenantOf } from "../context/call.ts";
import { readRecipient } from "../storage/recipients.ts";
import { readChain } from "../storage/statements.ts";
import type { OutputOf } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";
import { readReleases } from "./releases.ts";

export const chainAtMost = 100_000;

/** What a recipient may know: whose recipient they are, the owner's chain, their own key, and what was released to them. */
export async function readRecipientView(
  call: Call,
  who: { tenant: string; recipient: string },
): Promise<OutputOf<"getRecipientView">> {
  const { releases, requests } = await readReleases(call, who);
  return inTenantOf(call, who.tenant, async (tx) => {
    const row = await readRecipient(tx, who.recipient);
    if (row === null)
      throw new NotFoundError("recipient-unknown", "This invitation was taken back.", {
        next: "Ask whoever invited you.",
      });
    const { name } = await readOwnAccount(call, tx);
    return {
      account: who.tenant,
      r: row.r,
      state: row.state,
      ownerName: name,
      chain: await readChain(tx, -1, chainAtMost),
      ageKey: row.age_key,
      slot: row.slot === null ? "" : recipientSlot.parse(row.slot),
      releases,
      requests,
    };
  });
}
