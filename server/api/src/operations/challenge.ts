import { challengeHead } from "../access/statement-reading.ts";
import { giveBackWhenAsked } from "./give-back-statements.ts";
import { healUpTo } from "./heal-statements.ts";
import type { Operation } from "./operation.ts";
import { showNewestReceipt } from "./show-newest-receipt.ts";

export const challenge: Operation<"challenge"> = async (call, { body: { purpose, receipt } }) => {
  await showNewestReceipt(call, call.actor.tenant, receipt);
  const ask = () => call.services.keyholder.challenge({ account: call.actor.tenant, purpose });
  const answer = await ask();
  const head = challengeHead(answer.challenge);
  await healUpTo(call, head);
  return (await giveBackWhenAsked(call, head, ask)) ?? answer;
};
