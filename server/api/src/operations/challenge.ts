import { challengeHead } from "../access/statement-reading.ts";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant } from "../context/call.ts";
import { readNewestReceipt } from "../storage/statements.ts";
import { giveBackFrom } from "./give-back-statements.ts";
import { healUpTo } from "./heal-statements.ts";
import type { Operation } from "./operation.ts";

export const challenge: Operation<"challenge"> = async (call, { body: { purpose } }) => {
  await showNewestReceipt(call);
  const ask = () => call.services.keyholder.challenge({ account: call.actor.tenant, purpose });
  const answer = await ask();
  const head = challengeHead(answer.challenge);
  await healUpTo(call, head);
  return (await giveBackFrom(call, head, ask)) ?? answer;
};

/**
 * Shows the keyholder how far it had counted, before it speaks of this account. Why: put back with its whole folder it has no mark of its own
 * that would tell it what it lost.
 */
async function showNewestReceipt(call: Call<OwnerActor>): Promise<void> {
  const receipt = await inOwnTenant(call, readNewestReceipt);
  if (receipt === "") return;
  const { isProof } = await call.services.keyholder.showReceipt({ receipt });
  if (isProof) call.services.logger.error({ event: "keyholder-rolled-back", tenant: call.actor.tenant });
}
