import type { Operation } from "./operation.ts";

export const proveToAsk: Operation<"proveToAsk"> = ({ services, actor }, { params }) =>
  services.keyholder.proveToAsk({ account: actor.tenant, b: params.b, r: actor.recipient });
