import { openRecipientEmail } from "../access/personal-fields.ts";
import { inOwnTenant, noteAudit } from "../context/call.ts";
import { deleteRecipientLinks } from "../storage/links.ts";
import { readRecipient, reopenRecipient } from "../storage/recipients.ts";
import { mailsPerWindow } from "./create-recipient.ts";
import { recipientUnknown } from "./deposit-key.ts";
import type { Operation } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";
import { sendRecipientLink } from "./recipient-mail.ts";

/** A fresh invitation. The recipient may leave a new key once; until then the present one stays. */
export const reinviteRecipient: Operation<"reinviteRecipient"> = async (call, { params: { r } }) => {
  const { tenant } = call.actor;
  call.services.rateLimiter.take(`invite:${tenant}`, mailsPerWindow);
  const at = await call.services.productTime.nowMs();
  return inOwnTenant(call, async (tx) => {
    const recipient = await readRecipient(tx, r);
    if (recipient === null) throw recipientUnknown();
    const { dek, name } = await readOwnAccount(call, tx);
    const email = openRecipientEmail(dek, tenant, r, recipient.email);
    await deleteRecipientLinks(tx, r);
    await reopenRecipient(tx, r);
    await sendRecipientLink(call, tx, { tenant, dek, r, email, ownerName: name, kind: "invitation" });
    await noteAudit(call, tx, at, { tenant, action: "recipient.reinvited", resource: `recipient:${r}` });
    return {};
  });
};
