import { ForbiddenError, NotFoundError } from "@afterkeep/platform";
import { type ReadStatement, readStatement } from "../access/statement-reading.ts";
import { type Call, inOwnTenant } from "../context/call.ts";
import type { OwnerActor } from "../context/actor.ts";
import { readAccount } from "../storage/accounts.ts";
import { readBequest } from "../storage/bequests.ts";
import { healingOnStale } from "./heal-statements.ts";
import { keepInChain } from "./keep-in-chain.ts";
import type { Operation } from "./operation.ts";
import { askReceipt, storeReceipted } from "./receipted-statement.ts";

export const submitStatement: Operation<"submitStatement"> = async (call, { body: { kind, statement: jws } }) => {
  const statement = readStatement(kind, jws);
  requireOwn(call, statement.body.account);
  if (kind === "policy") await requireArmable(call, readStatement(kind, jws));
  const { receipt } = await healingOnStale(call, () => askReceipt(call, kind, statement));
  const accepted = { kind, statement, receipt };
  if ("seq" in statement.body) await keepInChain(call, { ...accepted, seq: statement.body.seq });
  else {
    const at = await call.services.productTime.nowMs();
    await storeReceipted(call, call.services.db, at, { ...accepted, tenant: call.actor.tenant, seq: null });
  }
  return { receipt };
};

/** Throws ForbiddenError unless a statement is the signed-in owner's own. */
export function requireOwn(call: Call<OwnerActor>, account: string): void {
  if (account === call.actor.tenant) return;
  throw new ForbiddenError("not-your-account", "This statement belongs to another account.", {
    next: "Sign in as its owner.",
  });
}

// Why the address first: every reminder would go nowhere, and the owner would learn of it when it is too late.
async function requireArmable(call: Call<OwnerActor>, policy: ReadStatement<"policy">): Promise<void> {
  const [account, bequest] = await inOwnTenant(call, async (tx) => [
    await readAccount(tx),
    await readBequest(tx, policy.body.b),
  ]);
  if (bequest === null) throw bequestUnknown();
  if (account?.email_verified !== true)
    throw new ForbiddenError(
      "email-not-verified",
      "Your own e-mail address is not proven yet, so reminders would not reach you.",
      {
        next: "Open the link in the verification mail first.",
      },
    );
}

export function bequestUnknown(): NotFoundError {
  return new NotFoundError("bequest-unknown", "There is no such bequest.", { next: "Reload the list of bequests." });
}
