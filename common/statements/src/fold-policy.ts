import { type AccountView, latestPin, latestPolicy, pinById } from "./account-view.ts";
import type { StatementBody } from "./bodies.ts";
import { expectThat } from "./errors.ts";
import { isSignedByKit } from "./kit-arming.ts";
import type { OpenedStatement } from "./sign.ts";

type Policy = StatementBody<"policy">;
type PolicyRecipient = Policy["recipients"][number];

/** Adds a policy whose people, keys and generation follow from the chain before it. Whether it loosens is the keyholder's to time. */
export function foldPolicy(view: AccountView, policy: OpenedStatement<"policy">): AccountView {
  const { b } = policy.body;
  for (const recipient of policy.body.recipients) expectPinned(view, recipient);
  expectGeneration(view, policy.body);
  expectFreshParts(view, policy.body);
  expectKit(view, policy);
  return { ...view, policies: new Map(view.policies).set(b, [...(view.policies.get(b) ?? []), policy]) };
}

function expectPinned(view: AccountView, { r, pin, verified }: PolicyRecipient): void {
  const named = pinById(view, pin);
  expectThat(named !== null && named.body.r === r, "pin-unknown");
  expectThat(latestPin(view, r)?.id === pin, "pin-superseded");
  expectThat(named.body.verified === verified, "verified-differs");
}

function expectGeneration(view: AccountView, next: Policy): void {
  const last = latestPolicy(view, next.b)?.body;
  if (last === undefined) return;
  expectThat(next.g >= last.g, "generation", "older than the last one");
  if (next.g > last.g) return;
  expectThat(next.bi === last.bi, "generation", "a generation has one bequest identity");
  for (const before of last.recipients) expectKept(view, before, next);
}

/** Why: leaving out a person or changing a key needs new keys for everything, so a new generation (specs/statements.md, Re-key). */
function expectKept(view: AccountView, before: PolicyRecipient, next: Policy): void {
  const now = next.recipients.find(({ r }) => r === before.r);
  expectThat(now !== undefined, "generation", "a recipient left without a new generation");
  expectThat(partsOf(now).join() === partsOf(before).join(), "generation", "sealed parts changed");
  const isSameKey = pinById(view, now.pin)?.body.ageKey === pinById(view, before.pin)?.body.ageKey;
  expectThat(isSameKey, "generation", "a key changed without a new generation");
}

/** Invariant: bequest identity, gate, share and path belong to exactly one (b, g, r). */
function expectFreshParts(view: AccountView, next: Policy): void {
  for (const { body } of [...view.policies.values()].flat()) {
    const isSame = body.b === next.b && body.g === next.g;
    expectThat(isSame || body.bi !== next.bi, "generation-reused", "bequest identity");
    for (const recipient of body.recipients) expectUnused(recipient, next, isSame);
  }
}

function expectUnused(used: PolicyRecipient, next: Policy, isSameGeneration: boolean): void {
  const parts = new Set(partsOf(used));
  const others = next.recipients.filter(({ r }) => !(isSameGeneration && r === used.r));
  expectThat(
    !others.some((other) => partsOf(other).some((part) => parts.has(part))),
    "generation-reused",
    "sealed parts",
  );
}

/** Why refused and not passed over: whoever signs with their kit relies on it, and a signature that counts for nothing would not be noticed. */
function expectKit(view: AccountView, policy: OpenedStatement<"policy">): void {
  if (policy.body.kit === undefined) return;
  expectThat(latestPolicy(view, policy.body.b) === null, "not-first");
  expectThat(isSignedByKit(policy, view.revocationKey), "kit");
}

function partsOf({ outerHash, shareCommit, paths }: PolicyRecipient): string[] {
  return [outerHash, shareCommit, ...paths.map(({ pathHash }) => pathHash)];
}
