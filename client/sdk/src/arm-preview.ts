import type { Id } from "@afterkeep/bytes";
import type { SafetyWords } from "@afterkeep/crypto";
import { type AccountView, latestPin, latestPolicy, type OpenedStatement } from "@afterkeep/statements";
import type { WeakClass } from "@afterkeep/switch";
import { getAccount } from "./account.ts";
import { findBequest, type StoredBequest } from "./bequests.ts";
import { readChain } from "./chain.ts";
import { normaliseEmail } from "./contact.ts";
import { type Device, readProfile } from "./device.ts";
import type { DocumentInfo } from "./document-info.ts";
import { chosenDocuments, readVault } from "./vault.ts";
import type { VerifiedDocument } from "./verify-rows.ts";
import { RefusedError } from "./errors.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { policyLimits, weakOf } from "./policy-limits.ts";
import { expectNoneRestored } from "./restored.ts";
import { keyChanged, listRecipients, pinnedWords, type RecipientInfo, type Verified } from "./recipients.ts";

export type ArmedPerson = {
  readonly r: Id;
  readonly name: string;
  readonly email: string;
  readonly verified: Verified;
  readonly delay: number;
  /** How long the owner has to say no when this person asks, attended ms; 0: they may not. */
  readonly requestWait: number;
  /** The signed statement that says so. */
  readonly pin: string;
} & SafetyWords;

export type ArmPreview = {
  /** Where the last call goes: the owner's own address as they typed it on this device. */
  readonly email: string;
  readonly message: string;
  /** Words from the keys that the owner signed, not from what the server shows now. */
  readonly recipients: readonly ArmedPerson[];
  readonly documents: readonly DocumentInfo[];
  readonly times: StoredBequest["label"]["draft"]["times"];
  /** What counts for a while beside the owner's own check-ins, and how far beyond the last of those at most (attended ms). */
  readonly weak: readonly WeakClass[];
  readonly weakMax: number;
  /** It was never armed: for seven days nothing can be released, whatever its times are, unless the recovery kit signs too. */
  readonly isFirst: boolean;
  readonly warnings: readonly string[];
  /** Why it cannot be armed now; empty if it can. */
  readonly blocked: string;
};

/** Everything that arming signs, read and verified once. */
export type Ready = {
  readonly keys: OwnerKeys;
  readonly view: AccountView;
  readonly stored: StoredBequest;
  /** As the owner typed it. */
  readonly email: string;
  readonly people: readonly {
    readonly info: RecipientInfo;
    readonly pin: OpenedStatement<"pin">;
    readonly delay: number;
    readonly requestWait: number;
  }[];
  readonly documents: readonly VerifiedDocument[];
};

/** Everything the owner should look at before arming. Throws what arm would throw, except where only a choice is missing. */
export async function previewArming(device: Device, b: string): Promise<ArmPreview> {
  const ready = await prepareArming(device, b);
  const recipients = [];
  for (const { info, pin, delay, requestWait } of ready.people) {
    const words = await pinnedWords(ready.view, pin.body);
    recipients.push({
      r: info.r,
      name: info.name,
      email: info.email,
      verified: pin.body.verified,
      delay,
      requestWait,
      pin: pin.id,
      ...words,
    });
  }
  const unverified = recipients.filter(({ verified }) => verified === "none");
  return {
    email: ready.email,
    message: ready.stored.label.draft.message,
    recipients,
    documents: ready.documents.map(({ info }) => info),
    times: ready.stored.label.draft.times,
    weak: weakOf(ready.stored.label.draft),
    weakMax: policyLimits(ready.stored.label.draft.times).weakMax,
    isFirst: latestPolicy(ready.view, ready.stored.b) === null,
    warnings: [
      "There are no guardians: the operator of this server together with a recipient could open this early.",
      ...(recipients.some(({ requestWait }) => requestWait > 0)
        ? [
            "If one of those who may ask does, and you say nothing in the time given, all of this is released to everybody in it.",
          ]
        : []),
      ...((await isAsked(device))
        ? [
            "Somebody asks for what you leave. Arming says no to everybody who asks, also where you let it go on; they can ask again a day later.",
          ]
        : []),
      ...unverified.map(({ name }) => `You never compared words with ${name}.`),
      ...(ready.stored.label.draft.times.lastCall < 24 * 3_600_000 ? ["The last call is short."] : []),
    ],
    blocked: "",
  };
}

/** The server's word. Why false without an answer: no more rests on it than what the owner is told, and they must be able to arm without it. */
async function isAsked(device: Device): Promise<boolean> {
  return device.transport.call("getStatus", {}).then(
    ({ switches }) => switches.some(({ requests }) => requests.some(({ stage }) => stage === "open")),
    () => false,
  );
}

/** Reads and verifies everything that arming needs. */
export async function prepareArming(device: Device, b: string): Promise<Ready> {
  const keys = await requireOwner(device);
  await expectNoneRestored(device);
  const account = await getAccount(device);
  if (!account.emailVerified) {
    throw new RefusedError("email-not-verified", "Your own address is not verified, so reminders would go nowhere.", {
      next: "Open the link in the mail we sent you, or ask for a new one.",
    });
  }
  const email = await ownAddress(device, account.email);
  const stored = await findBequest(device, keys, b);
  const view = await readChain(device);
  const people = await pinnedPeople(device, view, stored);
  if (people.length === 0) throw new RefusedError("draft-incomplete", "Name at least one recipient.");
  const documents = chosenDocuments(await readVault(device), stored.label.draft.documents);
  return { keys, view, stored, email, people, documents };
}

/**
 * Why not the server's word: the last call is what stops a release in error, and an address of the server's choosing would never reach the
 * owner.
 */
async function ownAddress(device: Device, shown: string): Promise<string> {
  const typed = normaliseEmail((await readProfile(device)).email);
  if (typed.toLowerCase() === normaliseEmail(shown).toLowerCase()) return typed;
  throw new RefusedError(
    "email-differs",
    `The server has another address for you than ${typed}, which you gave on this device.`,
    {
      next: "Nothing was armed. Last calls would go astray: ask whoever runs the server.",
    },
  );
}

/** Throws unless what would be armed now is what the owner looked at. */
export function expectPreviewed(ready: Ready, preview: ArmPreview): void {
  const { draft } = ready.stored.label;
  const now = signedParts({
    email: ready.email,
    message: draft.message,
    times: draft.times,
    weak: weakOf(draft),
    recipients: ready.people.map(({ info: { r, name, email }, pin, delay, requestWait }) => ({
      r,
      name,
      email,
      pin: pin.id,
      delay,
      requestWait,
    })),
    documents: ready.documents.map(({ info }) => info),
  });
  if (now === signedParts(preview)) return;
  throw new RefusedError("bequest-changed", "This is no longer what you looked at, so nothing was armed.", {
    next: "Somebody changed it meanwhile: another device of yours, or the server. Look at it once more.",
  });
}

type Shown = Pick<ArmPreview, "email" | "message" | "times" | "weak"> & {
  readonly recipients: readonly Pick<ArmedPerson, "r" | "name" | "email" | "pin" | "delay" | "requestWait">[];
  readonly documents: readonly Pick<DocumentInfo, "doc" | "ver">[];
};

function signedParts({ email, message, times, weak, recipients, documents }: Shown): string {
  const { interval, reminders, grace, lastCall } = times;
  return JSON.stringify([
    [email, message, interval, reminders, grace, lastCall, weak.toSorted()],
    recipients.map((one) => [one.r, one.name, one.email, one.pin, one.delay, one.requestWait]),
    documents.map(({ doc, ver }) => [doc, ver]),
  ]);
}

async function pinnedPeople(device: Device, view: AccountView, stored: StoredBequest): Promise<Ready["people"]> {
  const known = await listRecipients(device);
  return stored.label.draft.recipients.map(({ r, delay, requestWait = 0 }) => {
    const info = known.find((one) => one.r === r);
    if (info === undefined) throw new RefusedError("not-found", "A recipient of this bequest no longer exists.");
    const pin = latestPin(view, r);
    if (info.keyChanged) throw keyChanged(info);
    if (pin === null) {
      throw new RefusedError("recipient-not-verified", `You have not pinned ${info.name}'s key yet.`, {
        next: "Compare the eight words with them first.",
      });
    }
    return { info, pin, delay, requestWait };
  });
}
