import type { Operation } from "./operation.ts";

/**
 * The keyholder alone knows which keys may check in, and answers alike for every one that may not. Why nothing is healed or given back here, as for an
 * owner's challenge: anybody may ask, as often as the counting of attempts lets them.
 */
export const delegateChallenge: Operation<"delegateChallenge"> = (call, { body }) =>
  call.services.keyholder.delegateChallenge(body);
