import { encodeBase64url, type Id, newId } from "@afterkeep/bytes";
import { generateSigningKey, signingKeyFromSeed, thumb } from "@afterkeep/crypto";
import {
  generateIdentity,
  type Keyring,
  keyringHash,
  kitRevocationKey,
  recipientOf,
  rootKeyLength,
  type SlotKind,
  wrapKeyring,
  wrapRootKey,
} from "@afterkeep/formats";
import { extendChain, type OpenedStatement, signedStatement, zeroHash } from "@afterkeep/statements";
import { openChallenge } from "./challenge.ts";
import { changeProfile, changeSecrets, type Device } from "./device.ts";
import { emptyProfile, type PinnedKeyholder } from "./profile.ts";
import { makeKit, type RecoveryKitPage } from "./kit.ts";
import { type Registration, startRegistration } from "./opaque.ts";
import { makeDeviceKey, ownerSigner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { requireGoodPassphrase } from "./passphrase.ts";
import { acceptReceipt, changeFailure, expectAnswer } from "./receipt.ts";
import { pinnedKeyholder, readServer } from "./server-info.ts";

export type SignUpRequest = { readonly email: string; readonly displayName: string; readonly passphrase: string };
export type SignedUp = { readonly account: Id; readonly kit: RecoveryKitPage };

export type PendingSignUp = {
  /** Base32, for an authenticator app that cannot scan. */
  readonly totpSecret: string;
  readonly totpUri: string;
  /** May be called again after a wrong code. The kit is shown once and kept nowhere. */
  finish(totpCode: string): Promise<SignedUp>;
};

/** Begins an account: everything secret is made here, and the server only ever gets it wrapped. */
export async function beginSignUp(device: Device, request: SignUpRequest): Promise<PendingSignUp> {
  requireGoodPassphrase(request.passphrase, [request.email, request.displayName]);
  await readServer(device);
  const account = newId(device.now(), device.random);
  const registration = await startRegistration(request.passphrase);
  const begun = await device.transport.call("beginAccount", {
    body: { account, registrationRequest: registration.request },
  });
  let prepared: Promise<Prepared> | null = null;
  return {
    totpSecret: begun.totpSecret,
    totpUri: totpUri(begun.totpSecret, request.email),
    finish: async (totpCode) => {
      prepared ??= prepare(device, account, registration, begun);
      return finishSignUp(device, request, begun.ticket, totpCode, await prepared);
    },
  };
}

type Begun = { readonly registrationResponse: string; readonly challenge: string; readonly ticket: string };
type WrappedSlot = { kind: SlotKind; slotId: Id; epoch: number; wrapped: string };

/** Everything of a new account, made once: a second attempt with another code sends the very same statement. */
type Prepared = {
  readonly keys: OwnerKeys;
  readonly record: string;
  readonly slots: readonly WrappedSlot[];
  readonly wrappedKeyring: string;
  readonly genesis: OpenedStatement<"key">;
  readonly kit: RecoveryKitPage;
};

async function prepare(device: Device, account: Id, registration: Registration, begun: Begun): Promise<Prepared> {
  const keyholder = await pinnedKeyholder(device);
  const { record, exportKey } = registration.finish(begun.registrationResponse);
  const rootKey = new Uint8Array(device.random(rootKeyLength));
  const keyring = await newKeyring(device);
  const wrapped = wrapKeyring(rootKey, account, keyring, device.random);
  const keys = {
    account,
    rootKey,
    keyring,
    keyringHash: keyringHash(wrapped),
    ownerKey: signingKeyFromSeed(keyring.ownerSeed),
  };
  const kitSecret = new Uint8Array(device.random(32));
  return {
    keys,
    record,
    slots: [newSlot(device, keys, "opaque", exportKey), newSlot(device, keys, "kit", kitSecret)],
    wrappedKeyring: encodeBase64url(wrapped),
    genesis: await signGenesis(device, keyholder, keys, kitSecret, begun.challenge),
    kit: makeKit({ account, secret: kitSecret, keyholder: keyholder.thumb }, device.serverUrl),
  };
}

async function newKeyring(device: Device): Promise<Keyring> {
  const ageIdentity = await generateIdentity("hybrid");
  return {
    ageIdentity,
    ageRecipient: await recipientOf(ageIdentity),
    ownerSeed: new Uint8Array(generateSigningKey(device.random).seed),
    mlsSeed: new Uint8Array(device.random(32)),
    version: 1,
  };
}

function newSlot(device: Device, keys: OwnerKeys, kind: SlotKind, secret: Uint8Array): WrappedSlot {
  const place = { account: keys.account, kind, slotId: newId(device.now(), device.random), epoch: 0 };
  const wrapped = wrapRootKey(secret, place, keys.rootKey, device.random);
  return { kind, slotId: place.slotId, epoch: 0, wrapped: encodeBase64url(wrapped) };
}

async function signGenesis(
  device: Device,
  keyholder: PinnedKeyholder,
  keys: OwnerKeys,
  kitSecret: Uint8Array,
  challengeJws: string,
): Promise<OpenedStatement<"key">> {
  const { account } = keys;
  const { body: challenge } = openChallenge(device, challengeJws, {
    keyholder,
    account,
    purpose: "control",
    view: null,
  });
  const deviceKey = await makeDeviceKey(device);
  const body = {
    aud: keyholder.thumb,
    account,
    challenge: challenge.challenge,
    seq: 0,
    prev: zeroHash,
    iat: Math.floor(device.now() / 1000),
    epoch: 0,
    ownerKey: encodeBase64url(keys.ownerKey.publicKey),
    revocationKey: encodeBase64url(kitRevocationKey({ account, secret: kitSecret }).publicKey),
    identity: keys.keyring.ageRecipient,
    keyring: encodeBase64url(keys.keyringHash),
    devices: [{ key: encodeBase64url(deviceKey.publicKey) }],
  };
  return signedStatement("key", body, ownerSigner(keys));
}

async function finishSignUp(
  device: Device,
  { email, displayName }: SignUpRequest,
  ticket: string,
  totpCode: string,
  prepared: Prepared,
): Promise<SignedUp> {
  const { keys, genesis } = prepared;
  const keyholder = await pinnedKeyholder(device);
  const answer = await expectAnswer(changeFailure, () =>
    device.transport.call("finishAccount", {
      body: {
        ticket,
        email,
        displayName,
        registrationRecord: prepared.record,
        totpCode,
        slots: [...prepared.slots],
        keyring: { version: keys.keyring.version, wrapped: prepared.wrappedKeyring },
        genesis: genesis.jws,
        channel: device.channel,
      },
    }),
  );
  const view = extendChain(null, genesis.jws, { account: keys.account, keyholder: keyholder.thumb });
  await changeProfile(device, ({ owners }) => ({
    ...emptyProfile(device.serverUrl),
    keyholder,
    owners,
    account: keys.account,
    email,
    displayName,
    ownerThumb: thumb(keys.ownerKey.publicKey),
    head: view.head,
  }));
  await changeSecrets(device, () => ({
    session: { token: answer.session.token, rootKey: encodeBase64url(keys.rootKey) },
  }));
  device.memory.ownerKeys = keys;
  await acceptReceipt(device, answer.receipt, {
    keyholder,
    account: keys.account,
    statement: genesis.id,
    nonce: genesis.body.challenge,
    seen: null,
    sign: "signed",
    view,
    failure: "The keyholder did not confirm the new account.",
  });
  return { account: keys.account, kit: prepared.kit };
}

/** otpauth:// URI (Google Authenticator key URI format) with the RFC 6238 defaults. */
function totpUri(secret: string, email: string): string {
  return `otpauth://totp/Afterkeep:${encodeURIComponent(email)}?secret=${secret}&issuer=Afterkeep&algorithm=SHA1&digits=6&period=30`;
}
