import type { SwitchPolicy } from "@afterkeep/switch";
import { type AccountView, pinById, policyById } from "./account-view.ts";
import type { StatementBody } from "./bodies.ts";
import { expectThat, StatementError } from "./errors.ts";

/** A policy of the chain as common/switch wants it. @param policyId its policyHash */
export function switchPolicyOf(view: AccountView, policyId: string): SwitchPolicy {
  const policy = policyById(view, policyId);
  expectThat(policy !== null, "policy-unknown");
  const { g, times, classes, weakMax, unreachableExtra, requests, contacts, acceptUnverified } = policy.body;
  const { keyholders, k, n } = policy.body;
  const recipients = policy.body.recipients.map((one) => recipientOf(view, one));
  const gate = { requests, guardians: null, contacts, acceptUnverified, keyholders, k, n };
  return { id: policy.id, g, times, classes, weakMax, unreachableExtra, recipients, ...gate };
}

function recipientOf(view: AccountView, { r, pin, verified, delay }: StatementBody<"policy">["recipients"][number]) {
  const key = pinById(view, pin)?.body.ageKey;
  if (key === undefined) throw new StatementError("pin-unknown");
  return { r, key, verified, delay };
}
