import { type Bytes, decodeBase64url, encodeBase64url, equalBytes, type Id, parseId } from "@afterkeep/bytes";
import { DecryptionError, sign, type SigningKey, signingKeyFromSeed } from "@afterkeep/crypto";
import { type Keyring, keyringHash, unwrapKeyring } from "@afterkeep/formats";
import type { AccountView, StatementSigner } from "@afterkeep/statements";
import { readChain } from "./chain.ts";
import { changeSecrets, type Device, readSecrets, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";

/** The owner's secret keys, in memory while unlocked. */
export type OwnerKeys = {
  readonly account: Id;
  readonly rootKey: Bytes;
  readonly keyring: Keyring;
  /** H of the wrapped keyring these came from. */
  readonly keyringHash: Bytes;
  readonly ownerKey: SigningKey;
};

export type WrappedKeyring = { readonly version: number; readonly wrapped: string };

/** Opens a keyring from the server with the root key. */
export function openOwnerKeys(account: Id, rootKey: Bytes, keyring: WrappedKeyring): OwnerKeys {
  const wrapped = decodeBase64url(keyring.wrapped);
  const opened = unwrapKeyring(rootKey, account, keyring.version, wrapped);
  return { account, rootKey, keyring: opened, keyringHash: keyringHash(wrapped), ownerKey: signingKeyFromSeed(opened.ownerSeed) };
}

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

/** Forgets everything secret of the owner but the device's own key. */
export async function lockOwner(device: Device): Promise<void> {
  device.memory.ownerKeys = null;
  await changeSecrets(device, () => ({ session: null }));
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
  return new RefusedError("locked", "Your vault is locked on this device.", { next: "Sign in with your passphrase.", cause });
}
