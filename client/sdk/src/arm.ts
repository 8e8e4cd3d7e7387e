import { decodeBase64url, encodeBase64url, type Id } from "@afterkeep/bytes";
import type { SafetyWords } from "@afterkeep/crypto";
import { type AgeRecipient, type ManifestEntry, parseHybridRecipient } from "@afterkeep/formats";
import { buildGeneration, type Generation } from "@afterkeep/sealing";
import { type AccountView, latestPin, latestPolicy, type OpenedStatement, type StatementBody } from "@afterkeep/statements";
import { getAccount } from "./account.ts";
import { findBequest, saveLabel, type StoredBequest } from "./bequests.ts";
import { readChain } from "./chain.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { submitControl } from "./control.ts";
import { depositContact, depositParts } from "./deposits.ts";
import type { Device } from "./device.ts";
import { type DocumentInfo, readVault, type VerifiedDocument } from "./documents.ts";
import { RefusedError } from "./errors.ts";
import { rewriteHeaders } from "./headers.ts";
import type { KnownGeneration } from "./labels.ts";
import { commitManifest } from "./manifest-commit.ts";
import { type OwnerKeys, requireOwner } from "./owner.ts";
import { policyLimits } from "./policy-limits.ts";
import { keyChanged, listRecipients, pinnedWords, type RecipientInfo, type Verified } from "./recipients.ts";

export type ArmOptions = {
  /** Arm although somebody's words were never compared. The policy says so. */
  readonly acceptUnverified?: boolean;
  readonly onProgress?: (step: ArmStep, done: number, total: number) => void;
};
export type ArmStep = "keys" | "deposits" | "documents" | "policy";

export type ArmedPerson = {
  readonly r: Id;
  readonly name: string;
  readonly email: string;
  readonly verified: Verified;
  readonly delay: number;
} & SafetyWords;

export type ArmPreview = {
  /** Words from the keys that the owner signed, not from what the server shows now. */
  readonly recipients: readonly ArmedPerson[];
  readonly documents: readonly DocumentInfo[];
  readonly times: StoredBequest["label"]["draft"]["times"];
  readonly warnings: readonly string[];
  /** Why it cannot be armed now; empty if it can. */
  readonly blocked: string;
};

type Ready = {
  readonly keys: OwnerKeys;
  readonly view: AccountView;
  readonly stored: StoredBequest;
  readonly email: string;
  readonly people: readonly { readonly info: RecipientInfo; readonly pin: OpenedStatement<"pin">; readonly delay: number }[];
  readonly documents: readonly VerifiedDocument[];
};

/** Everything the owner should look at before arming. Throws what arm would throw, except where only a choice is missing. */
export async function previewArming(device: Device, b: string): Promise<ArmPreview> {
  const ready = await prepareArming(device, b);
  const recipients = [];
  for (const { info, pin, delay } of ready.people) {
    const words = await pinnedWords(ready.view, pin.body);
    recipients.push({ r: info.r, name: info.name, email: info.email, verified: pin.body.verified, delay, ...words });
  }
  const unverified = recipients.filter(({ verified }) => verified === "none");
  return {
    recipients,
    documents: ready.documents.map(({ info }) => info),
    times: ready.stored.label.draft.times,
    warnings: [
      "There are no guardians: the operator of this server together with a recipient could open this early.",
      ...unverified.map(({ name }) => `You never compared words with ${name}.`),
      ...(ready.stored.label.draft.times.lastCall < 24 * 3_600_000 ? ["The last call is short."] : []),
    ],
    blocked: "",
  };
}

/**
 * Arms a bequest under a new generation: fresh keys, shares deposited with the keyholder, headers and manifest for them, and last the policy,
 * which alone makes it count. Broken off anywhere before, nothing is armed and it can simply be done again.
 */
export async function arm(device: Device, b: string, options: ArmOptions = {}): Promise<CheckInResult> {
  const ready = await prepareArming(device, b);
  expectVerified(ready, options);
  const { keys, stored, people } = ready;
  const g = (latestPolicy(ready.view, b)?.body.g ?? 0) + 1;
  options.onProgress?.("keys", 0, people.length);
  const generation = await buildGeneration({
    account: keys.account,
    b: stored.b,
    g,
    ownerThumb: decodeBase64url(ready.view.ownerThumb),
    recipients: people.map(({ info, pin }) => ({ r: info.r, recipient: parseHybridRecipient(pin.body.ageKey) })),
    random: device.random,
  });
  await depositParts(device, keys, { b: stored.b, g, ownerThumb: ready.view.ownerThumb }, generation.parts, (done) =>
    options.onProgress?.("deposits", done, people.length),
  );
  const contact = await depositContact(device, keys, ready.email);
  await shareDocuments(device, ready, g, generation.recipient, options);
  options.onProgress?.("policy", 0, 1);
  const result = await submitControl(device, keys, "policy", (view) => {
    expectSamePins(view, ready);
    return policyContent(ready, g, generation, contact, options);
  });
  return toCheckInResult(device, result);
}

/** Headers first, then the manifest that names them, so that a recipient never meets a document they cannot open. */
async function shareDocuments(device: Device, ready: Ready, g: number, bi: AgeRecipient, options: ArmOptions): Promise<void> {
  const { keys, stored, documents } = ready;
  const known: KnownGeneration = { g, bi, documents: documents.map(({ info }) => info.doc) };
  // Why written first: which documents carry which stanza cannot be read from headers; lost, it could not be rewritten.
  await saveLabel(device, keys, stored, { ...stored.label, generations: [...stored.label.generations.slice(-1), known] });
  await rewriteHeaders(device, keys, documents, (done) => options.onProgress?.("documents", done, documents.length));
  const entries: ManifestEntry[] = documents.map(({ entry }) => entry);
  await commitManifest(device, keys, { b: stored.b, g }, [keys.keyring.ageRecipient, bi], () => ({
    entries,
    message: stored.label.draft.message,
  }));
}

async function prepareArming(device: Device, b: string): Promise<Ready> {
  const keys = await requireOwner(device);
  const account = await getAccount(device);
  if (!account.emailVerified) {
    throw new RefusedError("email-not-verified", "Your own address is not verified, so reminders would go nowhere.", {
      next: "Open the link in the mail we sent you, or ask for a new one.",
    });
  }
  const stored = await findBequest(device, keys, b);
  const view = await readChain(device);
  const vault = await readVault(device);
  const people = await pinnedPeople(device, view, stored);
  const documents = stored.label.draft.documents.map((doc) => vault.find(({ info }) => info.doc === doc));
  if (people.length === 0) throw new RefusedError("draft-incomplete", "Name at least one recipient.");
  if (documents.length === 0) throw new RefusedError("draft-incomplete", "Choose at least one document.");
  if (!documents.every((document) => document !== undefined)) {
    throw new RefusedError("draft-incomplete", "A document of this bequest is no longer in your vault.");
  }
  return { keys, view, stored, email: account.email, people, documents };
}

async function pinnedPeople(device: Device, view: AccountView, stored: StoredBequest): Promise<Ready["people"]> {
  const known = await listRecipients(device);
  return stored.label.draft.recipients.map(({ r, delay }) => {
    const info = known.find((one) => one.r === r);
    if (info === undefined) throw new RefusedError("not-found", "A recipient of this bequest no longer exists.");
    const pin = latestPin(view, r);
    if (info.keyChanged) throw keyChanged(info);
    if (pin === null) {
      throw new RefusedError("recipient-not-verified", `You have not pinned ${info.name}'s key yet.`, {
        next: "Compare the eight words with them first.",
      });
    }
    return { info, pin, delay };
  });
}

function expectVerified({ people }: Ready, { acceptUnverified = false }: ArmOptions): void {
  const unverified = people.find(({ pin }) => pin.body.verified === "none");
  if (unverified === undefined || acceptUnverified) return;
  throw new RefusedError("recipient-not-verified", `You never compared words with ${unverified.info.name}.`, {
    next: "Compare them, or accept in so many words that you did not.",
  });
}

/** Another device may have pinned another key meanwhile; then shares were made for the wrong one. */
function expectSamePins(view: AccountView, { people }: Ready): void {
  const changed = people.find(({ info, pin }) => latestPin(view, info.r)?.id !== pin.id);
  if (changed === undefined) return;
  throw new RefusedError("conflict", `${changed.info.name}'s key was pinned anew on another device meanwhile.`, {
    next: "Look at the words again and arm once more.",
  });
}

function policyContent(ready: Ready, g: number, generation: Generation, contact: string, options: ArmOptions) {
  const { draft } = ready.stored.label;
  const recipients: StatementBody<"policy">["recipients"] = ready.people.map(({ info, pin, delay }, i) => {
    const part = generation.parts[i];
    if (part === undefined || part.r !== info.r) throw new RefusedError("conflict", "A recipient's part is missing.");
    return {
      r: info.r,
      pin: pin.id,
      verified: pin.body.verified,
      delay,
      outerHash: encodeBase64url(part.outerHash),
      shareCommit: encodeBase64url(part.shareCommit),
      paths: [{ path: 1, mask: 1, pathHash: encodeBase64url(part.pathHash) }],
      gCommits: [],
      gSecretCommit: "",
    };
  });
  return {
    b: ready.stored.b,
    g,
    bi: generation.recipient,
    recipients,
    times: { ...draft.times, reminders: [...draft.times.reminders] },
    classes: ["signed", "token"] as StatementBody<"policy">["classes"],
    ...policyLimits(draft.times),
    contacts: [contact],
    acceptUnverified: options.acceptUnverified ?? false,
    acceptNoGuardians: true as const,
    guardians: [],
    requests: [],
    alternates: [],
    secondDoor: [],
    timelock: "" as const,
    keyholders: [ready.view.keyholder],
    k: 1 as const,
    n: 1 as const,
  };
}
