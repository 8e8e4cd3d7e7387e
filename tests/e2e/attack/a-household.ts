import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Afterkeep, dayMs, hourMs, itemFromNote, type SealItem, type SwitchTimes } from "@afterkeep/sdk";
import { type Id, parseId } from "@afterkeep/bytes";
import { generateSync } from "otplib";
import { awaitMail } from "../../../scripts/stage/await-mail.ts";
import { aPerson, type Person } from "../../../scripts/stage/person.ts";
import type { Product } from "../../../scripts/stage/product.ts";
import { aDevice } from "./a-device.ts";

/** Where people live: the product, and the address under which they reach it. */
export type Place = { readonly product: Product; readonly serverUrl: string; readonly folder: string };
/** Somebody with a command line, whose device can also be used from here. */
export type Resident = Person & { device(): Afterkeep };
export type Owner = Resident & { readonly account: Id; readonly passphrase: string; readonly totpSecret: string };
export type Recipient = Resident & { readonly r: Id; readonly words: readonly string[]; readonly keyFile: string };

/** Nothing of this comes due while a test runs. */
export const farAway: SwitchTimes = {
  interval: 366 * dayMs,
  reminders: [300 * dayMs],
  grace: 30 * dayMs,
  lastCall: 72 * hourMs,
};

export async function aResident({ folder, serverUrl }: Place, name: string): Promise<Resident> {
  const email = `${name.toLowerCase()}@example.org`;
  const person = await aPerson({ name, email, folder: join(folder, name.toLowerCase()), server: serverUrl });
  await mkdir(join(person.folder, "profile"), { recursive: true, mode: 0o700 });
  return { ...person, device: () => aDevice(person, serverUrl) };
}

/** Signed up with a second factor, address proven. */
export async function anOwner(place: Place, name: string): Promise<Owner> {
  const owner = await aResident(place, name);
  const device = owner.device();
  const passphrase = "seven lanterns over quiet gravel";
  const pending = await device.beginSignUp({ email: owner.email, displayName: name, passphrase });
  const { totpSecret } = pending;
  const { account } = await pending.finish(generateSync({ secret: totpSecret }));
  const { link } = await awaitMail(place.product, { to: owner.email, link: "verify" });
  await device.verifyEmail(tokenOf(link));
  return { ...owner, account, passphrase, totpSecret };
}

/** Invited by mail, with a key of their own; not yet pinned. */
export async function anInvited(place: Place, owner: Owner, name: string): Promise<Recipient> {
  const recipient = await aResident(place, name);
  const { r } = await owner.device().inviteRecipient({ email: recipient.email, name });
  const { link } = await awaitMail(place.product, { to: recipient.email, link: "invite" });
  const device = recipient.device();
  await device.openInvitation(tokenOf(link));
  const { words, keyFile } = await device.acceptInvitation();
  return { ...recipient, r, words, keyFile };
}

/** Words compared and pinned. */
export async function aVerified(place: Place, owner: Owner, name: string): Promise<Recipient> {
  const recipient = await anInvited(place, owner, name);
  const device = owner.device();
  const { ageKey } = await device.safetyWordsOf(recipient.r);
  await device.pinRecipient(recipient.r, { verified: "words", ageKey, words: recipient.words.join(" ") });
  return recipient;
}

export function aNote(name: string, text: string): SealItem {
  return itemFromNote({ name, text, modified: 0 });
}

export function aFile(name: string, content: Uint8Array): SealItem {
  const open = async function* () {
    yield content;
  };
  return { kind: "file", name, folder: "", type: "application/octet-stream", size: content.length, modified: 0, open };
}

export type Left = {
  readonly to: Recipient;
  readonly documents: readonly string[];
  readonly message: string;
  readonly times: SwitchTimes;
};

/** Planned, not armed. */
export async function planned(owner: Owner, { to, documents, message, times }: Left): Promise<Id> {
  const draft = {
    title: `For ${to.name}`,
    message,
    recipients: [{ r: to.r, delay: 0 }],
    documents: documents.map(parseId),
    times,
  };
  return (await owner.device().createBequest(draft)).b;
}

export async function armed(owner: Owner, left: Left): Promise<Id> {
  const b = await planned(owner, left);
  await owner.device().arm(b);
  return b;
}

export function tokenOf(link: string): string {
  return link.split("#")[1] ?? "";
}
