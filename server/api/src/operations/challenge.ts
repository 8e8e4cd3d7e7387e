import { healUpTo } from "./heal-statements.ts";
import type { Operation } from "./operation.ts";

export const challenge: Operation<"challenge"> = async (call, { body }) => {
  const answer = await call.services.keyholder.challenge({ account: call.actor.tenant, purpose: body.purpose });
  await healUpTo(call, answer.challenge);
  return answer;
};
