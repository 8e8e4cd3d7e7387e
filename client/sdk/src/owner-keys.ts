import { type Bytes, decodeBase64url, type Id } from "@afterkeep/bytes";
import { type SigningKey, signingKeyFromSeed } from "@afterkeep/crypto";
import { type Keyring, keyringHash, unwrapKeyring } from "@afterkeep/formats";

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
  return {
    account,
    rootKey,
    keyring: opened,
    keyringHash: keyringHash(wrapped),
    ownerKey: signingKeyFromSeed(opened.ownerSeed),
  };
}
