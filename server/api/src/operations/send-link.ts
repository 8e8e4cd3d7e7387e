import { openRecipientEmail } from "../access/personal-fields.ts";
import { toWire } from "../access/wire.ts";
import { type Call, inTenantOf, noteAudit } from "../context/call.ts";
import { findRecipients } from "../storage/lookups.ts";
import { readRecipient } from "../storage/recipients.ts";
import type { Operation } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";
import { sendRecipientLink } from "./recipient-mail.ts";

const linksPerWindow = 5;

/**
 * Why after the answer: neither what it says nor when it comes may tell whether somebody is a recipient here. Too many asks for
 * one address are counted silently for the same reason, and so that nobody's mailbox is flooded.
 */
export const sendLink: Operation<"sendLink"> = async (call, { body: { email } }) => {
  const { services } = call;
  const { indexOf } = await services.secrets.get();
  const index = indexOf(email);
  services.background(sendLinks(call, index));
  return {};
};

async function sendLinks(call: Call, index: Buffer): Promise<void> {
  call.services.rateLimiter.take(`link:${toWire(index)}`, linksPerWindow);
  const at = await call.services.productTime.nowMs();
  for (const { tenant, r } of await findRecipients(call.services.db, index)) await sendOne(call, at, tenant, r);
}

function sendOne(call: Call, at: number, tenant: string, r: string): Promise<void> {
  return inTenantOf(call, tenant, async (tx) => {
    const recipient = await readRecipient(tx, r);
    if (recipient === null) return;
    const { dek, name } = await readOwnAccount(call, tx);
    const email = openRecipientEmail(dek, tenant, r, recipient.email);
    await sendRecipientLink(call, tx, { tenant, dek, r, email, ownerName: name, kind: "fresh-link" });
    await noteAudit(call, tx, at, { tenant, action: "recipient.link-sent", resource: `recipient:${r}` });
  });
}
