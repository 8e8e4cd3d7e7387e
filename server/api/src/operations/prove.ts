import type { Operation } from "./operation.ts";

export const prove: Operation<"prove"> = ({ services, actor }, { params }) =>
  services.keyholder.prove({ account: actor.tenant, b: params.b, r: actor.recipient });
