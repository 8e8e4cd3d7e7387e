import { decodeBase64url, type Id, newId, parseId } from "@afterkeep/bytes";
import type { recipientRow } from "@afterkeep/contracts";
import type { SafetyWords } from "@afterkeep/crypto";
import { parseHybridRecipient } from "@afterkeep/formats";
import { type AccountView, latestPin, type StatementBody } from "@afterkeep/statements";
import type { z } from "zod";
import { readChain } from "./chain.ts";
import { contactOf } from "./contact.ts";
import { submitControl } from "./control.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { expectNewestLabels } from "./label-memory.ts";
import { readLabel, recipientLabelCodec, writeLabel } from "./labels.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { wordsOf } from "@afterkeep/sealing";

export type RecipientRow = z.infer<typeof recipientRow>;
export type Verified = StatementBody<"pin">["verified"];

export type RecipientInfo = {
  readonly r: Id;
  readonly name: string;
  readonly email: string;
  readonly state: "invited" | "accepted";
  readonly bounced: boolean;
  /** What the server says now; empty until they made their key. */
  readonly ageKey: string;
  /** What the owner signed. */
  readonly pin: { readonly verified: Verified; readonly ageKey: string } | null;
  /** The server shows another key than the pinned one. */
  readonly keyChanged: boolean;
};

export async function inviteRecipient(
  device: Device,
  person: { readonly email: string; readonly name: string },
): Promise<{ readonly r: Id }> {
  const keys = await requireOwner(device);
  const r = newId(device.now(), device.random);
  const label = writeLabel(keys, recipientLabelCodec, r, 0, { name: person.name }, device.random);
  await device.transport.call("createRecipient", { body: { r, email: person.email, label } });
  return { r };
}

export async function listRecipients(device: Device): Promise<RecipientInfo[]> {
  const keys = await requireOwner(device);
  const view = await readChain(device);
  const { recipients } = await device.transport.call("listRecipients", {});
  await expectNewestLabels(
    device,
    recipients.map(({ r, labelRev }) => ({ id: r, labelRev })),
  );
  return recipients.map((row) => infoOf(keys, view, row));
}

/** The eight words for a recipient's key. If one is pinned, it must be the one the server shows. */
export async function safetyWordsOf(device: Device, r: string): Promise<SafetyWords & { readonly ageKey: string }> {
  const keys = await requireOwner(device);
  const person = await findRecipient(device, r);
  if (person.keyChanged) throw keyChanged(person);
  if (person.ageKey === "") throw notAccepted(person);
  const words = await wordsOf(keys.account, keys.ownerKey.publicKey, parseHybridRecipient(person.ageKey));
  return { ...words, ageKey: person.ageKey };
}

export type PinRequest = {
  readonly verified: Verified;
  /** The key whose words were shown: pinning another one than the owner looked at is what this prevents. */
  readonly ageKey: string;
  /** What the recipient read out, as typed by the owner; compared where given. */
  readonly words?: string;
};

/** Signs that this key belongs to this person. */
export async function pinRecipient(device: Device, r: string, request: PinRequest): Promise<void> {
  const keys = await requireOwner(device);
  const person = await findRecipient(device, r);
  if (person.ageKey === "") throw notAccepted(person);
  if (person.ageKey !== request.ageKey) throw keyChanged(person);
  const ageKey = parseHybridRecipient(request.ageKey);
  if (request.words !== undefined)
    expectWords(await wordsOf(keys.account, keys.ownerKey.publicKey, ageKey), request.words);
  await submitControl(device, keys, "pin", () => ({
    r: person.r,
    ageKey,
    signingKey: "" as const,
    verified: request.verified,
    contact: contactOf(keys, person.email, person.r),
  }));
}

async function findRecipient(device: Device, r: string): Promise<RecipientInfo> {
  const found = (await listRecipients(device)).find((one) => one.r === r);
  if (found === undefined) throw new RefusedError("not-found", "There is no such recipient.");
  return found;
}

export function keyChanged(person: { readonly name: string }): RefusedError {
  return new RefusedError(
    "recipient-key-changed",
    `The server shows another key for ${person.name} than the one you verified.`,
    {
      next: "Call them. If they did not make a new key, somebody is trying to take their place.",
    },
  );
}

function notAccepted(person: { readonly name: string }): RefusedError {
  return new RefusedError("recipient-not-accepted", `${person.name} has not opened the invitation yet.`, {
    next: "You can send the invitation again.",
  });
}

/** Accepts the eight words in any case and spacing, or the digits. */
function expectWords(expected: SafetyWords, typed: string): void {
  const words = typed.toLowerCase().match(/[a-z]+/g) ?? [];
  const digits = typed.replaceAll(/\D/g, "");
  const fits =
    words.length > 0 ? words.join(" ") === expected.words.join(" ") : digits === expected.digits.replaceAll(" ", "");
  if (fits) return;
  throw new RefusedError("words-differ", "The words are not the same, so the key was not pinned.", {
    next: "Read them to each other again. If they still differ, somebody may be between you: do not go on.",
  });
}

function infoOf(keys: OwnerKeys, view: AccountView, row: RecipientRow): RecipientInfo {
  const pin = latestPin(view, row.r)?.body ?? null;
  return {
    r: parseId(row.r),
    name: readLabel(keys, recipientLabelCodec, { ...row, id: row.r }).name,
    email: row.email,
    state: row.state,
    bounced: row.bounced,
    ageKey: row.ageKey,
    pin: pin === null ? null : { verified: pin.verified, ageKey: pin.ageKey },
    keyChanged: pin !== null && row.ageKey !== pin.ageKey,
  };
}

/** A recipient's safety words from the owner's own pin, which no server can change. */
export function pinnedWords(view: AccountView, pin: StatementBody<"pin">): Promise<SafetyWords> {
  return wordsOf(parseId(view.account), decodeBase64url(view.ownerKey), parseHybridRecipient(pin.ageKey));
}
