import type { AccountView } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import { policiesInScope } from "./fold-disarm.ts";
import type { OpenedStatement } from "./sign.ts";

/** A refusal stands beside the chain for the reason that a disarm does. The requests themselves are the keyholder's to know. */
export function foldRefuse(view: AccountView, { id, body }: OpenedStatement<"refuse">): AccountView {
  expectThat(!view.refusals.includes(id), "duplicate");
  const { scope, b } = body;
  expectThat(scope === "account" || policiesInScope(view, scope, b).length > 0, "policy-unknown");
  return { ...view, refusals: [...view.refusals, id] };
}
