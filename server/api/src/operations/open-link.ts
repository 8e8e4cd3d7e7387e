import { hashToken } from "../access/secret-token.ts";
import { inTenantOf, noteAudit } from "../context/call.ts";
import { openSession } from "../context/open-session.ts";
import { readLink } from "../storage/links.ts";
import { findLink } from "../storage/lookups.ts";
import type { Operation } from "./operation.ts";
import { readRecipientView } from "./recipient-view.ts";
import { linkUnknown } from "./verify-email.ts";

/** Exchanges a mail link for a short session. The link stays good: people open a mail again. */
export const openLink: Operation<"openLink"> = async (call, { body: { token, channel } }) => {
  const { services } = call;
  const hash = hashToken(token);
  const tenant = await findLink(services.db, hash);
  if (tenant === null) throw linkUnknown();
  const at = await services.productTime.nowMs();
  const recipient = await inTenantOf(call, tenant, async (tx) => {
    const link = await readLink(tx, hash, services.realClock.nowMs());
    if (link === null || link.recipient === null) throw linkUnknown();
    return link.recipient;
  });
  const view = await readRecipientView(call, { tenant, recipient });
  return inTenantOf(call, tenant, async (tx) => {
    const session = await openSession(call, tx, { tenant, recipient, channel });
    const as = { actor: "recipient" as const, id: recipient };
    await noteAudit(call, tx, at, { tenant, action: "recipient.link-opened", resource: `recipient:${recipient}`, as });
    return { token: session.token, view };
  });
};
