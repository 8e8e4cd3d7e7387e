import { DependencyError } from "@afterkeep/platform";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant, type Tx } from "../context/call.ts";
import { lockAccount } from "../storage/accounts.ts";
import { readNewestSeq } from "../storage/statements.ts";
import { healStatements } from "./heal-statements.ts";
import { type Receipted, storeReceipted } from "./receipted-statement.ts";

type OfTheChain = Omit<Receipted, "tenant" | "action"> & { readonly seq: number };
type Alongside = (tx: Tx, at: number) => Promise<void>;

const turnsAtMost = 3;

/**
 * Keeps a statement of the owner's chain that the keyholder accepted, with everything that was accepted before it: a fail-over may have
 * lost that, and nothing would ever look for it behind this one.
 *
 * @param alongside what is written in the same transaction
 * @throws DependencyError `not-kept` when a fail-over loses again what was just made whole, three times; or the keyholder was restored since its
 * receipt, and an owner who sends the same again hears that it is not the newest any more
 */
export async function keepInChain(
  call: Call<OwnerActor>,
  accepted: OfTheChain,
  alongside: Alongside = async () => {},
): Promise<void> {
  for (let turn = 0; turn < turnsAtMost; turn++) if (await isKeptWhole(call, accepted, alongside)) return;
  throw new DependencyError("not-kept", "What had just been accepted was lost again on our side.", {
    next: "Send the same again.",
  });
}

async function isKeptWhole(call: Call<OwnerActor>, accepted: OfTheChain, alongside: Alongside): Promise<boolean> {
  const { tenant } = call.actor;
  const { seq, statement } = accepted;
  const isThere = (await healStatements(call, tenant, { own: statement.jws })).has(statement.jws);
  const at = await call.services.productTime.nowMs();
  return inOwnTenant(call, async (tx) => {
    await lockAccount(tx);
    // Why: the chain that was just made whole reaches at least as far, unless another server has taken over since, or an older keyholder.
    if ((await readNewestSeq(tx)) < seq) return false;
    if (!isThere) await storeReceipted(call, tx, at, { ...accepted, tenant });
    await alongside(tx, at);
    return true;
  });
}
