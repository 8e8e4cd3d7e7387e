import { enqueueMail } from "@afterkeep/platform";
import { makeToken } from "../access/secret-token.ts";
import { toWire } from "../access/wire.ts";
import type { Call, Tx } from "../context/call.ts";
import { insertLink } from "../storage/links.ts";

const freshLinkMs = 30 * 24 * 3_600_000;

export type RecipientMail = {
  tenant: string;
  dek: Uint8Array;
  r: string;
  email: string;
  ownerName: string;
  /** `invitation`: good until replaced. `fresh-link`: asked for by anybody who knows the address, so it ends by itself. */
  kind: "invitation" | "fresh-link";
};

/** Mails a recipient a link of their own. */
export async function sendRecipientLink(call: Call, tx: Tx, mail: RecipientMail): Promise<void> {
  const now = call.services.realClock.nowMs();
  const { token, hash } = makeToken();
  await insertLink(tx, {
    hash,
    tenant: mail.tenant,
    kind: mail.kind === "invitation" ? "invite" : "open",
    recipient: mail.r,
    created_at: now,
    expires_at: mail.kind === "invitation" ? null : now + freshLinkMs,
  });
  await enqueueMail(tx, {
    tenant: mail.tenant,
    key: `${mail.kind}:${toWire(hash)}`,
    to: mail.email,
    content: { kind: mail.kind, ownerName: mail.ownerName, token },
    recipient: mail.r,
    dek: mail.dek,
    nowMs: now,
  });
}
