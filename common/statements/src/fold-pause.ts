import type { AccountView } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import { policiesInScope } from "./fold-disarm.ts";
import type { OpenedStatement } from "./sign.ts";

/** A pause stands beside the chain for the reason that a disarm does. It changes no policy, so all that is kept of it is what it said. */
export function foldPause(view: AccountView, { id, body }: OpenedStatement<"pause">): AccountView {
  expectThat(!view.pauses.some((one) => one.id === id), "duplicate");
  const { scope, b, forMs } = body;
  expectThat(scope === "account" || policiesInScope(view, scope, b).length > 0, "policy-unknown");
  return { ...view, pauses: [...view.pauses, { id, scope, b, forMs }] };
}
