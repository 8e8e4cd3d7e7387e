import { parseId, type Id } from "@afterkeep/bytes";
import { readChain } from "./chain.ts";
import { type Device, readSecrets, readProfile } from "./device.ts";
import type { PinnedKeyholder } from "./profile.ts";
import { pinnedKeyholder } from "./server-info.ts";

export type AccountInfo = {
  readonly account: Id;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly displayName: string;
  readonly keyholder: PinnedKeyholder;
  /** The owner's age recipient. */
  readonly identity: string;
  readonly ownerKeyThumb: string;
  /** Sealed bytes of all the account's versions, and how many it may have. */
  readonly usedBytes: number;
  readonly quotaBytes: number;
};

/** The account as the server has it, with keys from the verified chain. ProblemError 401 where nobody is signed in. */
export async function getAccount(device: Device): Promise<AccountInfo> {
  const { account, email, emailVerified, displayName, usedBytes, quotaBytes } = await device.transport.call(
    "getAccount",
    {},
  );
  const keyholder = await pinnedKeyholder(device);
  const view = await readChain(device);
  return {
    account: parseId(account),
    email,
    emailVerified,
    displayName,
    keyholder,
    identity: view.identity,
    ownerKeyThumb: view.ownerThumb,
    usedBytes,
    quotaBytes,
  };
}

export type SessionInfo = { readonly account: Id; readonly email: string; readonly displayName: string };

/** Who is unlocked on this device; null while it is locked. Asks nobody. */
export async function readSession(device: Device): Promise<SessionInfo | null> {
  const { session } = await readSecrets(device);
  const { account, email, displayName } = await readProfile(device);
  return session === null || session.rootKey === "" || account === "" ? null : { account, email, displayName };
}
