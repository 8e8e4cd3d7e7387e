import { ConflictError } from "@afterkeep/platform";
import type { Head } from "@afterkeep/statements";
import { readStatement } from "../access/statement-reading.ts";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant, inTenantOf, type Tx } from "../context/call.ts";
import { lockAccount } from "../storage/accounts.ts";
import { readOffer } from "../storage/manifest-offers.ts";
import { readNewestSeq } from "../storage/statements.ts";
import { type OwnerKind, storeReceipted } from "./receipted-statement.ts";
import { storeManifest } from "./store-manifest.ts";

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
    if (error instanceof ConflictError && error.code === "head-stale") await healStatements(call, call.actor.tenant);
    throw error;
  }
}

/** Makes our copy whole when the head that the keyholder names in a challenge is one that we do not have yet. */
export async function healUpTo(call: Call<OwnerActor>, { seq }: Head): Promise<void> {
  if (seq > (await inOwnTenant(call, readNewestSeq))) await healStatements(call, call.actor.tenant);
}

type Healing = {
  /** The statement of this call, which is stored with what came before it and is nothing to be healed. */
  readonly own?: string;
  /** From the first one on. */
  readonly isWhole?: boolean;
  /** Hears of each that we had not got. */
  readonly onStored?: () => void;
};

/**
 * Stores what the keyholder accepted and we never wrote, each with its receipt and an audit leaf, page by page. A manifest's list is the one
 * that was offered before the keyholder was asked.
 *
 * Invariant: a statement of the chain is only ever kept with everything that was accepted before it; so whatever lacks came after the newest of the
 * chain, and is asked for from there. Not so after a restore of the keyholder: it has what it was given back behind what was signed meanwhile.
 *
 * @returns what the keyholder has from the newest of the chain on
 */
export async function healStatements(call: Call, tenant: string, healing: Healing = {}): Promise<ReadonlySet<string>> {
  const { keyholder, productTime } = call.services;
  const { own = "", isWhole = false, onStored = () => {} } = healing;
  const newestSeq = () => inTenantOf(call, tenant, readNewestSeq);
  const theirs = new Set<string>();
  for (let from = isWhole ? 0 : Math.max(0, await newestSeq()), hasMore = true; hasMore;) {
    const { statements, more } = await keyholder.statements({ account: tenant, from, limit: page });
    for (const { statement } of statements) theirs.add(statement);
    const at = await productTime.nowMs();
    const isBehind = await inTenantOf(call, tenant, async (tx) => {
      // Why: the call that these belong to may be just about to store them itself.
      await lockAccount(tx);
      // Why read again: another server may have taken over since, without what these follow.
      if ((await readNewestSeq(tx)) + 1 < from) return true;
      for (const accepted of statements) if (await storeHealed(call, tx, { tenant, at, own, ...accepted })) onStored();
      return false;
    });
    const next = isBehind ? (await newestSeq()) + 1 : Math.max(from, ...statements.map(seqOf).map((seq) => seq + 1));
    hasMore = isBehind || (more && next > from);
    from = next;
  }
  return theirs;
}

/** Its place in the chain; -1 for what stands beside it. */
function seqOf({ kind, statement }: { kind: OwnerKind; statement: string }): number {
  const { body } = readStatement(kind, statement);
  return "seq" in body ? body.seq : -1;
}

type Healed = { tenant: string; at: number; own: string; kind: OwnerKind; statement: string; receipt: string };

async function storeHealed(call: Call, tx: Tx, { tenant, at, own, ...accepted }: Healed): Promise<boolean> {
  const { kind, statement: jws, receipt } = accepted;
  const statement = readStatement(kind, jws);
  const seq = "seq" in statement.body ? statement.body.seq : null;
  const action = jws === own ? {} : { action: "statement.healed" as const };
  const { isNew } = await storeReceipted(call, tx, at, { kind, tenant, statement, receipt, seq, ...action });
  const offer = kind === "manifest" ? await readOffer(tx, statement.id) : null;
  if (offer !== null) await storeManifest(call, tx, offer, at);
  return isNew;
}
