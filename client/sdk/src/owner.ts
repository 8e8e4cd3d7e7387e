import { type Bytes, decodeBase64url, encodeBase64url, equalBytes, type Id, parseId } from "@afterkeep/bytes";
import { DecryptionError, sign, signingKeyFromSeed } from "@afterkeep/crypto";
import type { AccountView, StatementSigner } from "@afterkeep/statements";
import { readChain } from "./chain.ts";
import { changeSecrets, type Device, readSecrets, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { openOwnerKeys, type OwnerKeys, type WrappedKeyring } from "./owner-keys.ts";

/**
 * The owner's keys, or RefusedError "locked". A keyring from the server is compared with the hash in the signed chain, so that an older
 * one cannot come back.
 */
export async function requireOwner(device: Device): Promise<OwnerKeys> {
  if (device.memory.ownerKeys !== null) return device.memory.ownerKeys;
  const { session } = await readSecrets(device);
  const { account } = await readProfile(device);
  if (session === null || session.rootKey === "" || account === "") throw locked();
  const { keyring } = await device.transport.call("getAccount", {});
  const keys = openOrLocked(parseId(account), decodeBase64url(session.rootKey), keyring);
  await expectKeyringOfChain(keys, await readChain(device));
  device.memory.ownerKeys = keys;
  return keys;
}

/** Throws unless keyring and owner key are the ones that the signed chain names. */
export function expectKeyringOfChain(keys: OwnerKeys, view: AccountView): void {
  const isNamed = view.keyring === encodeBase64url(keys.keyringHash);
  const isOwner = equalBytes(decodeBase64url(view.ownerKey), keys.ownerKey.publicKey);
  if (isNamed && isOwner && view.identity === keys.keyring.ageRecipient) return;
  throw new RefusedError("chain-invalid", "The server's keys and your signed statements do not belong together.", {
    next: "Do not use this server until this is explained.",
  });
}

export function ownerSigner(keys: OwnerKeys): StatementSigner {
  return { publicKey: keys.ownerKey.publicKey, sign: (bytes) => sign(bytes, keys.ownerKey) };
}

/** This device's signing key, or null where it has none yet. */
export async function findDeviceKey(device: Device): Promise<StatementSigner | null> {
  if (device.deviceKey !== null) return device.deviceKey.find();
  const { device: seed } = await readSecrets(device);
  return seed === "" ? null : seedSigner(decodeBase64url(seed));
}

/** A new signing key for this device. */
export async function makeDeviceKey(device: Device): Promise<StatementSigner> {
  if (device.deviceKey !== null) return device.deviceKey.make();
  const seed = new Uint8Array(device.random(32));
  await changeSecrets(device, () => ({ device: encodeBase64url(seed) }));
  return seedSigner(seed);
}

function seedSigner(seed: Bytes): StatementSigner {
  const key = signingKeyFromSeed(seed);
  return { publicKey: key.publicKey, sign: (bytes) => sign(bytes, key) };
}

function openOrLocked(account: Id, rootKey: Bytes, keyring: WrappedKeyring): OwnerKeys {
  try {
    return openOwnerKeys(account, rootKey, keyring);
  } catch (error) {
    if (error instanceof DecryptionError) throw locked(error);
    throw error;
  }
}

function locked(cause?: unknown): RefusedError {
  return new RefusedError("locked", "Your vault is locked on this device.", {
    next: "Sign in with your passphrase.",
    cause,
  });
}
