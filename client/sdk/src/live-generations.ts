import { type AccountView, isDisarmed, openStatement } from "@afterkeep/statements";
import type { StoredBequest } from "./bequests.ts";
import { checkIn } from "./check-in.ts";
import { type Device, readProfile } from "./device.ts";
import type { KnownGeneration } from "./labels.ts";
import { livePolicies } from "./live-policies.ts";
import { expectAnswer, type Receipt } from "./receipt.ts";
import { keyholderKey, pinnedKeyholder } from "./server-info.ts";

/**
 * The generations of a bequest that can still be released: those of the policy that the newest receipt calls bound, and of every one that
 * was signed after it and may cool. Broken-off attempts, whose policy was never signed, are not among them.
 */
export async function liveGenerations(
  device: Device,
  view: AccountView,
  stored: StoredBequest,
): Promise<KnownGeneration[]> {
  const { b } = stored;
  const live = livePolicies(signedPolicies(view, b), await boundPolicy(device, b));
  return generationsOf(stored, live);
}

/**
 * Has the keyholder say which policies are bound, where its newest receipt would let any generation of these bequests be dropped. Why: since that receipt
 * it may have been put back from a copy, and be bound to an older policy, whose recipients would then have no documents. Why by a check-in: no server can
 * play an answer to it back. Whoever calls this is about to sign as the owner, so the sign of life is no other one. Answers whether it was asked. Throws what a check-in throws,
 * its message beginning with `undone`: what the owner wanted and did not get, as in "Nothing was armed".
 */
export async function hearBeforeDropping(
  device: Device,
  view: AccountView,
  bequests: readonly StoredBequest[],
  undone: string,
): Promise<boolean> {
  for (const stored of bequests) {
    const live = await liveGenerations(device, view, stored);
    if (live.length === generationsOf(stored, signedPolicies(view, stored.b)).length) continue;
    await expectAnswer(`${undone}: the check-in that goes before it failed.`, () => checkIn(device));
    return true;
  }
  return false;
}

/** None where it is disarmed: the owner said that nobody is to have it. */
function signedPolicies(view: AccountView, b: string) {
  return isDisarmed(view, b) ? [] : (view.policies.get(b) ?? []);
}

function generationsOf({ label }: StoredBequest, policies: ReturnType<typeof signedPolicies>): KnownGeneration[] {
  const bis = new Set<string>(policies.map(({ body }) => body.bi));
  return label.generations.filter(({ bi }) => bis.has(bi));
}

async function boundPolicy(device: Device, b: string): Promise<string> {
  const { lastReceipt } = await readProfile(device);
  if (lastReceipt === "") return "";
  const receipt: Receipt = openStatement("receipt", lastReceipt, keyholderKey(await pinnedKeyholder(device))).body;
  return receipt.rows.find((row) => row.b === b)?.policyHash ?? "";
}
