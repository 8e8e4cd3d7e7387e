import type { AccountView } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import type { OpenedStatement } from "./sign.ts";

/**
 * A disarm has no place in the chain, so it never loses against another device's change: naming any policy of the bequest ends all
 * that are known. A policy that comes later arms again.
 */
export function foldDisarm(view: AccountView, { id, body }: OpenedStatement<"disarm">): AccountView {
  expectThat(!view.disarms.some((one) => one.id === id), "duplicate");
  const acts = policiesInScope(view, body.scope, body.b);
  expectThat(body.scope === "account" || acts.includes(body.policyHash), "policy-unknown");
  const { scope, b, policyHash } = body;
  return { ...view, disarms: [...view.disarms, { id, scope, b, policyHash, acts }] };
}

function policiesInScope(view: AccountView, scope: "bequest" | "account", b: string): string[] {
  const policies = scope === "account" ? [...view.policies.values()].flat() : (view.policies.get(b) ?? []);
  return policies.map(({ id }) => id);
}
