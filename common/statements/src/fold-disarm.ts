import type { AccountView } from "./account-view.ts";
import { expectThat } from "./errors.ts";
import type { OpenedStatement } from "./sign.ts";

/**
 * A disarm has no place in the chain, so it never loses against another device's change: naming any policy of the bequest ends all
 * that are known. A policy that comes later arms again.
 *
 * Why a policy may be named that is not in the chain: a keyholder whose store was restored may have lost the newest one, and the
 * stricter must not lose with it. The one that is named is ended too, should it come back.
 */
export function foldDisarm(view: AccountView, { id, body }: OpenedStatement<"disarm">): AccountView {
  expectThat(!view.disarms.some((one) => one.id === id), "duplicate");
  const acts = policiesInScope(view, body.scope, body.b);
  expectThat(body.scope === "account" || acts.length > 0, "policy-unknown");
  const { scope, b, policyHash } = body;
  const named = scope === "account" || acts.includes(policyHash) ? [] : [policyHash];
  return { ...view, disarms: [...view.disarms, { id, scope, b, policyHash, acts: [...acts, ...named] }] };
}

export function policiesInScope(view: AccountView, scope: "bequest" | "account", b: string): string[] {
  const policies = scope === "account" ? [...view.policies.values()].flat() : (view.policies.get(b) ?? []);
  return policies.map(({ id }) => id);
}
