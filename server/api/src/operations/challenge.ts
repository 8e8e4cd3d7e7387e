import type { Operation } from "./operation.ts";

export const challenge: Operation<"challenge"> = ({ services, actor }, { body }) =>
  services.keyholder.challenge({ account: actor.tenant, purpose: body.purpose });
