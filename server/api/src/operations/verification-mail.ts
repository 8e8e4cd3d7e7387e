import { enqueueMail } from "@afterkeep/platform";
import { deliverableEmail } from "../access/personal-fields.ts";
import { makeToken } from "../access/secret-token.ts";
import { toWire } from "../access/wire.ts";
import type { Call, Tx } from "../context/call.ts";
import { deleteVerifyLinks, insertLink } from "../storage/links.ts";

const goodForMs = 7 * 24 * 3_600_000;

export type VerificationMail = { tenant: string; dek: Uint8Array; email: string; ownerName: string };

/** Mails the owner a fresh link that proves their own address; earlier ones stop working. */
export async function sendVerification(call: Call, tx: Tx, mail: VerificationMail): Promise<void> {
  const now = call.services.realClock.nowMs();
  const { token, hash } = makeToken();
  await deleteVerifyLinks(tx);
  await insertLink(tx, {
    hash,
    tenant: mail.tenant,
    kind: "verify",
    recipient: null,
    created_at: now,
    expires_at: now + goodForMs,
  });
  await enqueueMail(tx, {
    tenant: mail.tenant,
    key: `verify-email:${toWire(hash)}`,
    to: deliverableEmail(mail.email),
    content: { kind: "verify-email", ownerName: mail.ownerName, token },
    dek: mail.dek,
    nowMs: now,
  });
}
