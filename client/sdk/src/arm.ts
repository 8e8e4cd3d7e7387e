import { decodeBase64url, encodeBase64url, equalBytes } from "@afterkeep/bytes";
import { type AgeRecipient, type ManifestEntry, parseHybridRecipient } from "@afterkeep/formats";
import { buildGeneration, type Generation } from "@afterkeep/sealing";
import { type AccountView, latestPin, latestPolicy, type StatementBody, withKitSignature } from "@afterkeep/statements";
import { expectFirstArming, readKitForArming } from "./arm-with-kit.ts";
import { type ArmPreview, expectPreviewed, prepareArming, type Ready } from "./arm-preview.ts";
import { saveLabel } from "./bequests.ts";
import { type CheckInResult, toCheckInResult } from "./check-in-result.ts";
import { submitControl } from "./control.ts";
import { depositContact, depositParts } from "./deposits.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { rewriteHeaders } from "./headers.ts";
import type { KnownGeneration } from "./labels.ts";
import { hearBeforeDropping, liveGenerations } from "./live-generations.ts";
import { commitManifest, contentOf } from "./manifest-commit.ts";
import { requireOwner } from "./owner.ts";
import { classesOf, policyLimits, requestsOf } from "./policy-limits.ts";
import { resendUnreceipted } from "./unreceipted.ts";
import { chosenDocuments, readVaultAt, vaultManifestId } from "./vault.ts";

export type ArmOptions = {
  /** What the owner looked at. Where the server shows anything else by now, nothing is armed. Give it whenever a person was asked. */
  readonly preview?: ArmPreview;
  /** Arm although somebody's words were never compared. The policy says so. */
  readonly acceptUnverified?: boolean;
  /**
   * The recovery kit as its owner typed it: the 24 words, or its whole page. Then a first arming is not kept waiting for seven days, but for one. Kept
   * nowhere.
   */
  readonly kit?: string;
  readonly onProgress?: (step: ArmStep, done: number, total: number) => void;
};
export type ArmStep = "keys" | "deposits" | "documents" | "policy";

/**
 * Arms a bequest under a new generation: fresh keys, shares deposited with the keyholder, headers and manifest for them, and last the policy,
 * which alone makes it count. Broken off anywhere before, nothing is armed and it can simply be done again.
 */
export async function arm(device: Device, b: string, options: ArmOptions = {}): Promise<CheckInResult> {
  await requireOwner(device);
  // Why first: an earlier arming whose answer was lost may be bound, and what is read, refused and said below must be after it.
  await resendUnreceipted(device);
  const ready = await prepareArming(device, b);
  if (options.preview !== undefined) expectPreviewed(ready, options.preview);
  expectVerified(ready, options);
  const kit = options.kit === undefined ? null : await readKitForArming(device, options.kit, ready);
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
  const makeContent = async (view: AccountView) => {
    expectSamePins(view, ready);
    await expectSameDocuments(device, view, ready);
    if (kit !== null) await expectFirstArming(device, view, b);
    return policyContent(ready, g, generation, contact, options);
  };
  const withKit = (body: StatementBody<"policy">) =>
    kit === null ? Promise.resolve(body) : withKitSignature(body, ready.view.ownerThumb, kit);
  const result = await submitControl(device, keys, "policy", makeContent, { complete: withKit });
  return toCheckInResult(device, result);
}

/** Headers first, then the manifest that names them, so that a recipient never meets a document they cannot open. */
async function shareDocuments(
  device: Device,
  ready: Ready,
  g: number,
  bi: AgeRecipient,
  options: ArmOptions,
): Promise<void> {
  const { keys, stored, documents } = ready;
  const known: KnownGeneration = { g, bi, documents: documents.map(({ info }) => info.doc) };
  await hearBeforeDropping(device, ready.view, [stored], "Nothing was armed");
  const kept = await liveGenerations(device, ready.view, stored);
  // Why written first: which documents carry which stanza cannot be read from headers; lost, it could not be rewritten.
  await saveLabel(device, keys, stored, { ...stored.label, generations: [...kept, known] });
  const report = (done: number): void => options.onProgress?.("documents", done, documents.length);
  const shared = await rewriteHeaders(device, keys, documents, report);
  await commitManifest(device, keys, { b: stored.b, g }, [keys.keyring.ageRecipient, bi], async (view) => {
    await expectSameDocuments(device, view, ready);
    return contentOf(shared, stored.label.draft.message);
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

/** Another device may have sealed a new version meanwhile: it follows to bequests whose policy is signed, and this one's is not yet. */
async function expectSameDocuments(device: Device, view: AccountView, { keys, view: before, documents }: Ready) {
  if (vaultManifestId(view) === vaultManifestId(before)) return;
  const docs = documents.map(({ info }) => info.doc);
  const now = chosenDocuments(await readVaultAt(device, keys, view), docs);
  if (now.every(({ entry }, i) => isSameEntry(entry, documents[i]?.entry))) return;
  throw new RefusedError("conflict", "A document of this bequest was changed on another device meanwhile.", {
    next: "Nothing was armed. Arm once more.",
  });
}

function isSameEntry(x: ManifestEntry, y: ManifestEntry | undefined): boolean {
  return y !== undefined && x.verId === y.verId && equalBytes(x.metaHash, y.metaHash);
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
    classes: classesOf(draft),
    ...policyLimits(draft.times),
    contacts: [contact],
    acceptUnverified: options.acceptUnverified ?? false,
    acceptNoGuardians: true as const,
    guardians: [],
    requests: requestsOf(draft.recipients),
    alternates: [],
    secondDoor: [],
    timelock: "" as const,
    keyholders: [ready.view.keyholder],
    k: 1 as const,
    n: 1 as const,
  };
}
