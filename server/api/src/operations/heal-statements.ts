import { ConflictError } from "@afterkeep/platform";
import type { Head } from "@afterkeep/statements";
import { readStatement } from "../access/statement-reading.ts";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant } from "../context/call.ts";
import { lockAccount } from "../storage/accounts.ts";
import { readNewestSeq } from "../storage/statements.ts";
import { storeReceipted } from "./receipted-statement.ts";

const page = 100;

/**
 * Asks the keyholder; when it says that the head is another one, our copy of the chain is made whole before the refusal goes on.
 * Why: an answer that was lost between the keyholder's commit and ours leaves us without a statement that everything later rests on,
 * and the client, who reads the chain here, would sign at the old head for ever.
 */
export async function healingOnStale<Answer>(call: Call<OwnerActor>, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ConflictError && error.code === "head-stale") await healStatements(call);
    throw error;
  }
}

/** Makes our copy whole when the head that the keyholder names in a challenge is one that we do not have yet. */
export async function healUpTo(call: Call<OwnerActor>, { seq }: Head): Promise<void> {
  if (seq > (await inOwnTenant(call, readNewestSeq))) await healStatements(call);
}

/**
 * Stores what the keyholder accepted and we never wrote, each with its receipt and an audit leaf, page by page. A manifest whose body
 * was lost with our answer is a statement like any other here; its documents stay as they were until the next manifest.
 */
async function healStatements(call: Call<OwnerActor>): Promise<void> {
  const { keyholder, productTime } = call.services;
  const { tenant } = call.actor;
  for (let hasMore = true; hasMore;) {
    const from = (await inOwnTenant(call, readNewestSeq)) + 1;
    const { statements, more } = await keyholder.statements({ account: tenant, from, limit: page });
    const at = await productTime.nowMs();
    await inOwnTenant(call, async (tx) => {
      // Why: the call that these belong to may be just about to store them itself.
      await lockAccount(tx);
      for (const { kind, statement: jws, receipt } of statements) {
        const statement = readStatement(kind, jws);
        const seq = "seq" in statement.body ? statement.body.seq : null;
        await storeReceipted(call, tx, at, { kind, tenant, statement, receipt, seq, action: "statement.healed" });
      }
    });
    hasMore = more && (await inOwnTenant(call, readNewestSeq)) >= from;
  }
}
