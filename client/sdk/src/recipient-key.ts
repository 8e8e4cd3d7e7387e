import { decodeBase64url, encodeBase64url, equalBytes } from "@afterkeep/bytes";
import { DecryptionError, type SafetyWords } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  generateIdentity,
  identityWords,
  parseHybridRecipient,
  recipientOf,
} from "@afterkeep/formats";
import { formatKeyFile, openRecipientSlot, type RecipientSlot, sealRecipientSlot, wordsOf } from "@afterkeep/sealing";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { readKey } from "./key-file.ts";
import { type RecipientAnswer, rememberOwner } from "./owner-memory.ts";
import { requireGoodPassphrase } from "./passphrase.ts";
import { findIdentity, readRecipient, requireIdentity, saveIdentity } from "./recipient-session.ts";

export type Accepted = SafetyWords & {
  /** An age identity file: the one thing to keep. */
  readonly keyFile: string;
  /** The same key as 24 words, for paper. Secret, unlike the safety words. */
  readonly keyWords: readonly string[];
};

/**
 * Makes this recipient's key on this device and leaves its public half with the server. With a passphrase, a copy under it (Argon2id)
 * goes to the server too, so that another device can open; without, the key file is the only copy beside this device.
 */
export async function acceptInvitation(
  device: Device,
  options: { readonly passphrase?: string } = {},
): Promise<Accepted> {
  const { owner, answer } = await readRecipient(device);
  const { passphrase } = options;
  if (answer.ageKey !== "")
    throw new RefusedError("conflict", "This invitation was accepted already.", { next: "Use the key made then." });
  if (passphrase !== undefined) requireGoodPassphrase(passphrase, [answer.ownerName]);
  const identity = (await findIdentity(device, owner)) ?? (await generateIdentity("hybrid"));
  const ageKey = await recipientOf(identity);
  // Invariant: the secret half is kept before the public half leaves. A key that everybody seals to and nobody has opens nothing.
  await saveIdentity(device, owner, identity);
  const secrets = { identity, ownerKey: new Uint8Array(owner.ownerKey) };
  const slot = passphrase === undefined ? null : await sealRecipientSlot(passphrase, owner, secrets, device.random);
  await device.transport.call("acceptInvitation", { body: { ageKey, slot: slot === null ? "" : encodeSlot(slot) } });
  const words = await wordsOf(owner.account, owner.ownerKey, ageKey);
  return {
    ...words,
    keyWords: identityWords(identity),
    keyFile: formatKeyFile({
      identity,
      recipient: ageKey,
      account: owner.account,
      r: owner.r,
      ownerKey: owner.view.ownerKey,
    }),
  };
}

/** The words that owner and recipient compare, from this recipient's own key and the owner's verified one. */
export async function recipientWords(device: Device): Promise<SafetyWords> {
  const { owner } = await readRecipient(device);
  const identity = await requireIdentity(device, owner);
  return wordsOf(owner.account, owner.ownerKey, await recipientOf(identity));
}

/** `keyFile`: the text of the saved key file, an age identity, or the 24 words. */
export type UnlockWith = { readonly passphrase: string } | { readonly keyFile: string };

/** Brings the key to this device, from the slot under the passphrase, the saved key file, or its words. */
export async function unlockRecipient(device: Device, secret: UnlockWith): Promise<void> {
  const { owner, answer } = await readRecipient(device);
  const opened = "passphrase" in secret ? await openSlot(answer, owner, secret.passphrase) : readKey(secret.keyFile);
  if (opened.ownerKey !== null && !equalBytes(opened.ownerKey, owner.ownerKey)) {
    throw new RefusedError("owner-key-changed", "The owner's key is not the one you accepted the invitation from.", {
      next: "Somebody may be posing as them. Do not go on before you have spoken to somebody you trust.",
    });
  }
  const expected = answer.ageKey === "" ? null : parseHybridRecipient(answer.ageKey);
  if (expected !== (await recipientOf(opened.identity))) {
    throw new RefusedError("wrong-key", "This key is not the one that belongs to this invitation.");
  }
  await rememberOwner(device, owner);
  await saveIdentity(device, owner, opened.identity);
}

type Unlocked = { readonly identity: AgeIdentity; readonly ownerKey: Uint8Array | null };

async function openSlot(
  { slot }: RecipientAnswer,
  place: Parameters<typeof openRecipientSlot>[1],
  passphrase: string,
): Promise<Unlocked> {
  if (slot === "")
    throw new RefusedError("wrong-key", "There is no copy under a passphrase.", {
      next: "Use the key file you saved.",
    });
  try {
    return await openRecipientSlot(passphrase, place, decodeSlot(slot));
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new RefusedError("wrong-key", "That is not the passphrase.", {
      next: "Try again, or use the key file you saved.",
      cause: error,
    });
  }
}

type SlotRecord = Exclude<RecipientAnswer["slot"], "">;

function encodeSlot({ cost, salt, wrapped }: RecipientSlot): SlotRecord {
  const { memoryKiB, passes } = cost;
  return {
    kdf: { name: "argon2id", memoryKiB, passes, lanes: 1, salt: encodeBase64url(salt) },
    wrapped: encodeBase64url(wrapped),
  };
}

function decodeSlot({ kdf, wrapped }: SlotRecord): RecipientSlot {
  const { memoryKiB, passes, lanes, salt } = kdf;
  return { cost: { memoryKiB, passes, lanes }, salt: decodeBase64url(salt), wrapped: decodeBase64url(wrapped) };
}
