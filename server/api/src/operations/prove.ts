import { callOfOurs } from "../context/call-of-ours.ts";
import type { Operation } from "./operation.ts";
import { showNewestReceipt } from "./show-newest-receipt.ts";

/** Why shown first: a keyholder put back from a copy would give what its owner has taken back since. */
export const prove: Operation<"prove"> = async ({ services, actor: { tenant, recipient } }, { params: { b } }) => {
  await showNewestReceipt(callOfOurs(services), tenant);
  return services.keyholder.prove({ account: tenant, b, r: recipient });
};
