import { encodeBase64url, type Id, isId, parseId } from "@afterkeep/bytes";
import type { RouteOutput, routes } from "@afterkeep/contracts";
import { decodeBase64url } from "@afterkeep/bytes";
import { DecryptionError, thumb } from "@afterkeep/crypto";
import { unwrapRootKey } from "@afterkeep/formats";
import { certifyDevice } from "./certify-device.ts";
import { readChain } from "./chain.ts";
import { changeProfile, changeSecrets, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { startLogin } from "./opaque.ts";
import { expectKeyringOfChain } from "./owner.ts";
import { openOwnerKeys, type OwnerKeys } from "./owner-keys.ts";
import { emptyProfile } from "./profile.ts";
import { readServer } from "./server-info.ts";

type SignedInAnswer = RouteOutput<(typeof routes)["finishSession"]>;

export type PendingSignIn = {
  /** May be called again after a wrong code, as long as the server allows. */
  finish(totpCode: string): Promise<{ readonly account: Id }>;
};

/**
 * Signs in: proves the passphrase without showing it, opens the root key, verifies the signed chain, and lets this device's key be certified
 * if it is new here. Refuses ("sign-in-failed") without saying whether the address is known.
 */
export async function beginSignIn(
  device: Device,
  request: { readonly email: string; readonly passphrase: string },
): Promise<PendingSignIn> {
  await readServer(device);
  const login = await startLogin(request.passphrase);
  const begun = await device.transport.call("beginSession", {
    body: { email: request.email, startLoginRequest: login.request },
  });
  const { proof, exportKey } = login.finish(begun.loginResponse);
  return {
    finish: async (totpCode) => {
      const answer = await device.transport.call("finishSession", {
        body: { ticket: begun.ticket, finishLoginRequest: proof, totpCode, channel: device.channel },
      });
      const account = parseId(answer.account);
      await unlock(device, account, request.email, openSlots(account, answer, exportKey), answer);
      return { account };
    },
  };
}

/** Signs out here and on the server. The device's key and memory stay: they protect the next visit. */
export async function signOut(device: Device): Promise<void> {
  const forget = async (): Promise<void> => {
    device.memory.ownerKeys = null;
    await changeSecrets(device, () => ({ session: null }));
  };
  await device.transport.call("endSession", {}).finally(forget);
}

async function unlock(
  device: Device,
  account: Id,
  email: string,
  rootKey: Uint8Array<ArrayBuffer>,
  answer: SignedInAnswer,
): Promise<void> {
  const keys = openOwnerKeys(account, rootKey, answer.keyring);
  await adoptAccount(device, keys, email);
  await changeSecrets(device, () => ({ session: { token: answer.token, rootKey: encodeBase64url(rootKey) } }));
  const view = await readChain(device);
  expectKeyringOfChain(keys, view);
  device.memory.ownerKeys = keys;
  await certifyDevice(device, keys, view);
  const { displayName } = await device.transport.call("getAccount", {});
  await changeProfile(device, () => ({ displayName }));
}

function openSlots(account: Id, answer: SignedInAnswer, exportKey: Uint8Array): Uint8Array<ArrayBuffer> {
  for (const slot of answer.slots.filter(({ kind }) => kind === "opaque")) {
    if (!isId(slot.slotId)) continue;
    try {
      const place = { account, kind: "opaque", slotId: slot.slotId, epoch: slot.epoch } as const;
      return unwrapRootKey(exportKey, place, decodeBase64url(slot.wrapped));
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
    }
  }
  throw new RefusedError("wrong-key", "The server's copy of your locked root key does not open with your passphrase.", {
    next: "The server may have mixed up accounts. Ask whoever runs it; nothing was changed.",
  });
}

/** Makes this device remember `account`. What it knew of another account is not mixed in; of the same one it is kept and compared. */
async function adoptAccount(device: Device, keys: OwnerKeys, email: string): Promise<void> {
  const ownerThumb = thumb(keys.ownerKey.publicKey);
  const profile = await readProfile(device);
  if (profile.account === keys.account && profile.ownerThumb !== "" && profile.ownerThumb !== ownerThumb) {
    throw new RefusedError("owner-key-changed", "Your owner key is not the one this device knows.", {
      next: "Do not go on before you know why.",
    });
  }
  const { keyholder, owners } = profile;
  const base = profile.account === keys.account ? profile : { ...emptyProfile(device.serverUrl), keyholder, owners };
  await changeProfile(device, () => ({ ...base, account: keys.account, email, ownerThumb }));
}
