import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { parseHybridRecipient } from "@afterkeep/formats";
import { ConflictError, enqueueMail } from "@afterkeep/platform";
import { openRecipientEmail } from "../access/personal-fields.ts";
import { toWire } from "../access/wire.ts";
import { type Call, inOwnTenant, noteAudit, type Tx } from "../context/call.ts";
import type { RecipientActor } from "../context/actor.ts";
import { lockRecipient, type RecipientRow, storeRecipientKey } from "../storage/recipients.ts";
import { recipientUnknown } from "./deposit-key.ts";
import type { Operation } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";

/**
 * Leaves the public key made on the recipient's device, with its slot. The same again is fine; anything else needs a new invitation.
 * Why also for the slot: it may be the only copy of the key, and whoever gets hold of a mail link could else overwrite it.
 */
export const acceptInvitation: Operation<"acceptInvitation"> = async (call, { body: { ageKey, slot } }) => {
  parseHybridRecipient(ageKey);
  const { tenant, recipient } = call.actor;
  const at = await call.services.productTime.nowMs();
  return inOwnTenant(call, async (tx) => {
    const row = await lockRecipient(tx, recipient);
    if (row === null) throw recipientUnknown();
    const isNewKey = row.age_key !== ageKey;
    const isSame = !isNewKey && isDeepStrictEqual(row.slot ?? "", slot);
    if (isSame && !row.key_open) return {};
    if (!isSame && !(row.key_open && mayTakeSlot(row, isNewKey))) throw alreadyAccepted();
    await storeRecipientKey(tx, recipient, { ageKey, slot: slot === "" ? null : JSON.stringify(slot) });
    const key = toWire(createHash("sha256").update(ageKey).digest());
    const action = isNewKey ? "recipient.key-left" : "recipient.key-kept";
    await noteAudit(call, tx, at, { tenant, action, resource: `recipient:${recipient}`, fields: { key } });
    if (isNewKey) await tellOwner(call, tx, row, key);
    return {};
  });
};

// A new key comes with its own slot; the present key's slot can be added after a new invitation, never replaced.
function mayTakeSlot(row: RecipientRow, isNewKey: boolean): boolean {
  return isNewKey || row.slot === null;
}

async function tellOwner(call: Call<RecipientActor>, tx: Tx, row: RecipientRow, key: string): Promise<void> {
  const { dek, email, row: account } = await readOwnAccount(call, tx);
  if (!account.email_verified) return;
  await enqueueMail(tx, {
    tenant: row.tenant,
    key: `recipient-accepted:${row.r}:${key}`,
    to: email,
    content: { kind: "recipient-accepted", recipientEmail: openRecipientEmail(dek, row.tenant, row.r, row.email) },
    dek,
    nowMs: call.services.realClock.nowMs(),
  });
}

function alreadyAccepted(): ConflictError {
  return new ConflictError("already-accepted", "Another key was left for you before.", {
    next: "Use the device or key file that you accepted with, or ask for a new invitation.",
  });
}
