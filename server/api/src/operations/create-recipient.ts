import { ConflictError, ForbiddenError } from "@afterkeep/platform";
import { deliverableEmail, sealRecipientEmail } from "../access/personal-fields.ts";
import { fromWire } from "../access/wire.ts";
import { inOwnTenant, noteAudit } from "../context/call.ts";
import { countRecipients, insertRecipient, readRecipient } from "../storage/recipients.ts";
import type { Operation } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";
import { sendRecipientLink } from "./recipient-mail.ts";

const recipientsAtMost = 1000;
export const mailsPerWindow = 200;

/** Invites somebody. The same call again, after an answer got lost, sends no second mail. */
export const createRecipient: Operation<"createRecipient"> = async (call, { body: { r, email, label } }) => {
  const { services, actor } = call;
  const { tenant } = actor;
  services.rateLimiter.take(`invite:${tenant}`, mailsPerWindow);
  const { indexOf } = await services.secrets.get();
  const at = await services.productTime.nowMs();
  return inOwnTenant(call, async (tx) => {
    const account = await readOwnAccount(call, tx);
    // Why: an invitation is a letter from us in somebody's name, so that name must at least answer at its address.
    if (!account.row.email_verified) throw notVerified();
    if ((await countRecipients(tx)) >= recipientsAtMost) throw tooMany();
    const to = deliverableEmail(email);
    const row = {
      tenant,
      r,
      email: sealRecipientEmail(account.dek, tenant, r, to),
      email_index: indexOf(email),
      label: fromWire(label),
      created_at: at,
    };
    if (!(await insertRecipient(tx, row))) {
      const existing = await readRecipient(tx, r);
      if (existing?.email_index.equals(row.email_index) !== true) throw recipientExists();
      return {};
    }
    await sendRecipientLink(call, tx, {
      tenant,
      dek: account.dek,
      r,
      email: to,
      ownerName: account.name,
      kind: "invitation",
    });
    await noteAudit(call, tx, at, { tenant, action: "recipient.invited", resource: `recipient:${r}` });
    return {};
  });
};

function notVerified(): ForbiddenError {
  return new ForbiddenError(
    "email-not-verified",
    "Your own e-mail address is not proven yet, so nobody can be invited.",
    {
      next: "Open the link in the verification mail first.",
    },
  );
}

function recipientExists(): ConflictError {
  return new ConflictError("recipient-exists", "This recipient exists with another address.", {
    next: "Reload the list of recipients.",
  });
}

function tooMany(): ConflictError {
  return new ConflictError("too-many-recipients", "An account has at most 1000 recipients.", {
    next: "Leave a bequest to one of those you have.",
  });
}
