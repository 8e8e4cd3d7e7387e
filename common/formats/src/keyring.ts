import { type Bytes, expectLength, type Id, idBytes, type RandomSource } from "@afterkeep/bytes";
import { ctx, DecryptionError, sha256, unwrap, wrap } from "@afterkeep/crypto";
import { type AgeIdentity, type AgeRecipient, parseHybridRecipient, parseIdentity } from "./age-keys.ts";
import { bytesField, countField, jcsCodec, objectField, parsedField } from "./shape.ts";
import { rootKeyLength } from "./slots.ts";

/** The account's independent random keys. */
export type Keyring = {
  readonly ageIdentity: AgeIdentity;
  readonly ageRecipient: AgeRecipient;
  /** Seed of the owner key OK (Ed25519), 32 bytes. */
  readonly ownerSeed: Bytes;
  /** Seed of the messaging credential, 32 bytes; made with the others, used by no feature yet. */
  readonly mlsSeed: Bytes;
  /** Counts keyrings of the account, from 1; equals the version in the context. */
  readonly version: number;
};

const maxKeyringLength = 8 * 1024;

const keyringCodec = jcsCodec<Keyring>(
  objectField<Keyring>({
    ageIdentity: parsedField(parseIdentity),
    ageRecipient: parsedField(parseHybridRecipient),
    ownerSeed: bytesField(32),
    mlsSeed: bytesField(32),
    version: countField(0xffff_ffff),
  }),
  maxKeyringLength,
);

/** wrap(RK, ctx("keyring", account, version), same, JCS keyring). */
export function wrapKeyring(rootKey: Uint8Array, account: Id, keyring: Keyring, random?: RandomSource): Bytes {
  const context = keyringContext(account, keyring.version);
  return wrap(expectLength(rootKey, rootKeyLength, "root key"), context, context, keyringCodec.encode(keyring), random);
}

/** Opens an untrusted keyring of this account and version. Throws DecryptionError. */
export function unwrapKeyring(rootKey: Uint8Array, account: Id, version: number, wrapped: Uint8Array): Keyring {
  const context = keyringContext(account, version);
  const bytes = unwrap(expectLength(rootKey, rootKeyLength, "root key"), context, context, wrapped);
  const keyring = decodeOrNull(bytes);
  if (keyring === null || keyring.version !== version) throw new DecryptionError();
  return keyring;
}

/** H(wrapped keyring): `key` statements carry it, so a server cannot bring an older keyring back. */
export function keyringHash(wrapped: Uint8Array): Bytes {
  return sha256(wrapped);
}

function decodeOrNull(bytes: Uint8Array): Keyring | null {
  try {
    return keyringCodec.decode(bytes);
  } catch {
    return null;
  }
}

function keyringContext(account: Id, version: number): Bytes {
  return ctx("keyring", idBytes(account), version);
}
