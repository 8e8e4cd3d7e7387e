import { decodeBase64url, encodeBase64url, type Id, nilId } from "@afterkeep/bytes";
import { depositHash, parseHybridRecipient, sealContactDeposit, sealDeposit } from "@afterkeep/formats";
import type { GenerationPart } from "@afterkeep/sealing";
import { StatementError, verifyDepositKey, verifyImported } from "@afterkeep/statements";
import { contactOf, contactSalt, normaliseEmail } from "./contact.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { keyholderKey, pinnedKeyholder, productNow } from "./server-info.ts";

export type DepositPlace = { readonly b: Id; readonly g: number; readonly ownerThumb: string };

/**
 * Deposits every recipient's share with the keyholder, each sealed to a one-time key that the keyholder signed for exactly this
 * place, and verifies its signed `imported`. Without all of them nothing may be armed.
 */
export async function depositParts(
  device: Device,
  keys: OwnerKeys,
  place: DepositPlace,
  parts: readonly GenerationPart[],
  onProgress: (done: number) => void,
): Promise<void> {
  for (const [i, part] of parts.entries()) {
    await depositPart(device, keys, place, part);
    onProgress(i + 1);
  }
}

async function depositPart(
  device: Device,
  keys: OwnerKeys,
  { b, g, ownerThumb }: DepositPlace,
  part: GenerationPart,
): Promise<void> {
  const where = { account: keys.account, b, g, r: part.r };
  const recipient = await oneTimeKey(device, where);
  const sealed = await sealDeposit(recipient, {
    bequest: new Uint8Array(part.context),
    owner: decodeBase64url(ownerThumb),
    share: new Uint8Array(part.share),
  });
  const { imported } = await device.transport.call("deposit", {
    body: {
      b,
      g,
      r: part.r,
      sealed: encodeBase64url(sealed),
      outer: encodeBase64url(part.outer),
      path: encodeBase64url(part.path),
    },
  });
  const expected = {
    ...where,
    deposit: encodeBase64url(depositHash(sealed)),
    shareCommit: encodeBase64url(part.shareCommit),
    outerHash: encodeBase64url(part.outerHash),
    pathHash: encodeBase64url(part.pathHash),
  };
  const keyholder = keyholderKey(await pinnedKeyholder(device));
  byKeyholder(() => verifyImported(imported, keyholder, expected));
}

/** Deposits the owner's own address, for last calls, and answers its commitment. */
export async function depositContact(device: Device, keys: OwnerKeys, email: string): Promise<string> {
  const recipient = await oneTimeKey(device, { account: keys.account, b: nilId, g: 0, r: nilId });
  const address = normaliseEmail(email);
  const sealed = await sealContactDeposit(recipient, { account: keys.account, salt: contactSalt(keys), address });
  const { contact } = await device.transport.call("depositContact", { body: { sealed: encodeBase64url(sealed) } });
  const expected = contactOf(keys, email);
  if (contact !== expected) throw notByKeyholder();
  return expected;
}

type Place = { readonly account: Id; readonly b: Id; readonly g: number; readonly r: Id };

async function oneTimeKey(device: Device, place: Place) {
  const { b, g, r } = place;
  const { depositKey } = await device.transport.call("depositKey", { body: { b, g, r } });
  const keyholder = keyholderKey(await pinnedKeyholder(device));
  const opened = byKeyholder(() => verifyDepositKey(depositKey, keyholder, { ...place, nowMs: productNow(device) }));
  return parseHybridRecipient(opened.body.recipient);
}

function byKeyholder<T>(verify: () => T): T {
  try {
    return verify();
  } catch (error) {
    if (error instanceof StatementError) throw notByKeyholder(error);
    throw error;
  }
}

/** The attack: an api that hands out its own key and reads the share. */
function notByKeyholder(cause?: unknown): RefusedError {
  return new RefusedError(
    "keyholder-changed",
    "An answer about the keyholder's share is not signed by the keyholder this device knows.",
    {
      next: "Nothing was armed. Do not go on before whoever runs the server has explained it.",
      cause,
    },
  );
}
