import { NotFoundError } from "@afterkeep/platform";
import { hashToken } from "../access/secret-token.ts";
import { inTenantOf, noteAudit } from "../context/call.ts";
import { markEmailVerified, readAccount } from "../storage/accounts.ts";
import { readLink } from "../storage/links.ts";
import { findLink } from "../storage/lookups.ts";
import type { Operation } from "./operation.ts";

/** Proves the owner's address. The same link again says yes again: people click twice. */
export const verifyEmail: Operation<"verifyEmail"> = async (call, { body }) => {
  const { services } = call;
  const hash = hashToken(body.token);
  const tenant = await findLink(services.db, hash);
  if (tenant === null) throw linkUnknown();
  const at = await services.productTime.nowMs();
  return inTenantOf(call, tenant, async (tx) => {
    const link = await readLink(tx, hash, services.realClock.nowMs());
    if (link?.kind !== "verify") throw linkUnknown();
    const account = await readAccount(tx);
    if (account?.email_verified === false) {
      await markEmailVerified(tx);
      const as = { actor: "owner" as const, id: tenant };
      await noteAudit(call, tx, at, { tenant, action: "account.address-verified", resource: `account:${tenant}`, as });
    }
    return { verified: true };
  });
};

export function linkUnknown(): NotFoundError {
  return new NotFoundError("link-unknown", "This link is not valid, or a newer one replaced it.", {
    next: "Use the newest mail, or ask for a fresh link.",
  });
}
