import { encodeBase64url } from "@afterkeep/bytes";
import { readChain } from "./chain.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { submitControl } from "./control.ts";
import { type DelegateKey, delegatePublicKey } from "./delegate-key.ts";
import { type Device, readProfile } from "./device.ts";
import { requireOwner } from "./owner.ts";
import { pinnedKeyholder } from "./server-info.ts";

/** A key that may only check in, by its public half: its name in the log. */
export type DelegateInfo = { readonly key: string };

export async function listDelegates(device: Device): Promise<DelegateInfo[]> {
  const { delegates } = await readChain(device);
  return [...delegates.values()].map((key) => ({ key }));
}

/**
 * Certifies a new key that may check in and do nothing else. Its check-ins count only for bequests whose policy says so.
 * @param keep makes the key durable; called before anything is signed, so that no certified key is ever lost, and again with what was seen
 */
export async function createDelegate(
  device: Device,
  keep: (key: DelegateKey) => Promise<void>,
): Promise<DelegateInfo & { readonly result: CheckInResult }> {
  const keys = await requireOwner(device);
  const view = await readChain(device);
  const { seen, lastReceipt } = await readProfile(device);
  const key: DelegateKey = {
    v: 1,
    what: "afterkeep-delegate",
    server: device.serverUrl,
    account: keys.account,
    seed: encodeBase64url(device.random(32)),
    keyholder: await pinnedKeyholder(device),
    head: view.head,
    seen: seen ?? { epoch: 0, counter: 0 },
    receipt: lastReceipt,
  };
  await keep(key);
  const name = delegatePublicKey(key);
  const accepted = await submitControl(device, keys, "delegate", () => ({ key: name }));
  const { epoch, counter, head } = accepted.receipt;
  await keep({ ...key, head, seen: { epoch, counter }, receipt: (await readProfile(device)).lastReceipt });
  return { key: name, result: await toCheckInResult(device, accepted) };
}
