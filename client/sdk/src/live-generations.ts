import { type AccountView, isDisarmed, openStatement, type OpenedStatement } from "@afterkeep/statements";
import type { StoredBequest } from "./bequests.ts";
import { type Device, readProfile } from "./device.ts";
import type { KnownGeneration } from "./labels.ts";
import type { Receipt } from "./receipt.ts";
import { keyholderKey, pinnedKeyholder } from "./server-info.ts";

/**
 * The generations of a bequest that can still be released: those of the policy that the newest receipt calls bound, and of every one that
 * was signed after it and may cool. Broken-off attempts, whose policy was never signed, are not among them.
 */
export async function liveGenerations(
  device: Device,
  view: AccountView,
  { b, label }: StoredBequest,
): Promise<KnownGeneration[]> {
  const bis = new Set<string>(livePolicies(view, b, await boundPolicy(device, b)).map(({ body }) => body.bi));
  const live = label.generations.filter(({ bi }) => bis.has(bi));
  // Why so few: only one policy cools at a time, so those between the bound one and the last few can bind no more.
  return live.length <= maxLive ? live : [...live.slice(0, 1), ...live.slice(1 - maxLive)];
}

const maxLive = 4;

/** @param bound its id; where it is unknown, every policy may be the bound one. */
function livePolicies(view: AccountView, b: string, bound: string): readonly OpenedStatement<"policy">[] {
  if (isDisarmed(view, b)) return [];
  const policies = view.policies.get(b) ?? [];
  const first = policies.findIndex(({ id }) => id === bound);
  return policies.slice(Math.max(0, first));
}

async function boundPolicy(device: Device, b: string): Promise<string> {
  const { lastReceipt } = await readProfile(device);
  if (lastReceipt === "") return "";
  const receipt: Receipt = openStatement("receipt", lastReceipt, keyholderKey(await pinnedKeyholder(device))).body;
  return receipt.rows.find((row) => row.b === b)?.policyHash ?? "";
}
