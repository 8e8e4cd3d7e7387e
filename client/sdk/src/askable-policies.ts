import { isDisarmed, type OpenedStatement } from "@afterkeep/statements";
import type { KnownOwner } from "./owner-memory.ts";

/** The owner's signed policies of a bequest that let this recipient ask, newest first. */
export function askablePolicies({ view, r }: Pick<KnownOwner, "view" | "r">, b: string): OpenedStatement<"policy">[] {
  const policies = isDisarmed(view, b) ? [] : (view.policies.get(b) ?? []);
  return policies.filter(({ body }) => body.requests.some((one) => one.r === r)).toReversed();
}
