import { type Id, parseId } from "@afterkeep/bytes";
import { maxThumbnail } from "@afterkeep/formats";
import { partLength } from "@afterkeep/contracts";
import { addVersions } from "./add-versions.ts";
import { atOnce } from "./at-once.ts";
import { expectNameable } from "./change-documents.ts";
import type { Device } from "./device.ts";
import type { DocumentInfo } from "./document-info.ts";
import { ProblemError, RefusedError } from "./errors.ts";
import { followVault } from "./follow-bequests.ts";
import { type HeldUploads, whileHeld } from "./held-uploads.ts";
import { requireOwner } from "./owner.ts";
import { expectNoneRestored } from "./restored.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { isPassing } from "./patience.ts";
import type { SealItem } from "./seal-item.ts";
import { progressOf, type SealProgress } from "./seal-progress.ts";
import { pruningNow } from "./stamp-time.ts";
import { giveUp, type ItemUpload, type UploadedItem, uploadItem } from "./upload-item.ts";
import type { RestartReason } from "./upload-errors.ts";
import { rememberSealed } from "./remembered-versions.ts";
import { chosenDocuments, findInVault, readVault, type Vault } from "./vault.ts";
import { commitVault } from "./vault-commit.ts";
import { readVersionPolicy } from "./vault-settings.ts";

export type SealOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SealProgress) => void) | undefined;
  /** ms of waiting before one call that keeps failing is given up; ten minutes where absent. */
  readonly retryForMs?: number | undefined;
  /** Whether what `signal` stops stays in the journal, to go on later; else it is given up. */
  readonly keepOnCancel?: boolean | undefined;
  /** A pending upload could not go on and begins anew under a fresh key: the file is another one by now, or the server mixed it up. */
  readonly onRestart?: ((index: number, reason: RestartReason) => void) | undefined;
  /** All is sealed, but a live bequest cannot follow to it, because it names what is gone; the refusal says which. Tell the person. */
  readonly onNotFollowed?: ((refusal: RefusedError) => void) | undefined;
};

/** What this version seals; the format holds more. */
const maxDocumentBytes = 50_000_000_000;
const defaultRetryForMs = 600_000;

/**
 * Seals items into the vault: each is encrypted here and uploaded in parts, then one signed manifest makes all of them part of the vault. If
 * anything fails before that, none of them is. What broke off stays in the journal (`pendingUploads`), unless the person cancelled it or it
 * cannot be gone on with. Live bequests that hold a document follow to its new version in the same call.
 */
export async function sealItems(
  device: Device,
  items: readonly SealItem[],
  options: SealOptions = {},
): Promise<DocumentInfo[]> {
  const sealed = await sealIntoVault(device, items, options);
  return chosenDocuments(await readVault(device), sealed).map(({ info }) => info);
}

/** Goes on with an upload that broke off, from the same file. One that changed meanwhile begins anew under a fresh key. */
export async function resumeUpload(
  device: Device,
  ver: string,
  item: SealItem,
  options: SealOptions = {},
): Promise<DocumentInfo> {
  const [document] = await sealItems(device, [{ ...item, resume: parseId(ver) }], options);
  if (document === undefined) throw new RefusedError("not-found", "This device knows no such upload.");
  return document;
}

/** As sealItems; answers the documents only. */
export async function sealIntoVault(device: Device, items: readonly SealItem[], options: SealOptions): Promise<Id[]> {
  const keys = await requireOwner(device);
  await expectNoneRestored(device);
  items.forEach(expectSealable);
  expectOnce(items);
  const resumed = items.flatMap(({ resume }) => resume ?? []);
  return whileHeld(device.locks, resumed, async (held) => {
    const uploaded = await uploadAll(device, keys, items, options, held);
    if (uploaded.length > 0) await commitUploaded(device, keys, uploaded, options);
    return uploaded.map(({ plan }) => plan.docId);
  });
}

async function commitUploaded(
  device: Device,
  keys: OwnerKeys,
  uploaded: readonly UploadedItem[],
  { onNotFollowed }: SealOptions,
): Promise<void> {
  try {
    const now = { nowMs: await pruningNow(device), random: device.random };
    await commitVault(device, keys, async (vault) =>
      addVersions(vault, uploaded, await readVersionPolicy(device, vault), now),
    );
    rememberSealed(keys, uploaded);
    for (const refusal of await followVault(device, keys)) onNotFollowed?.(refusal);
  } catch (error) {
    throw sessionEndedOr(error);
  }
  // Why last: broken off before, the same upload is gone on with, and what is missing of this is done then.
  for (const { plan } of uploaded) await device.journal.remove(plan.verId);
}

async function uploadAll(
  device: Device,
  keys: OwnerKeys,
  items: readonly SealItem[],
  options: SealOptions,
  held: HeldUploads,
): Promise<UploadedItem[]> {
  const begun = new Map<Id, UploadedItem["plan"]>();
  const vault = items.some(isOfVault) ? await readVault(device) : null;
  const journalled = items.some(({ resume }) => resume !== undefined) ? await device.journal.list() : [];
  const reporters = progressOf(device, items, options.onProgress);
  const patience = { wait: device.wait, random: device.random, retryForMs: options.retryForMs ?? defaultRetryForMs };
  const uploadOf = (item: SealItem, index: number, signal: AbortSignal): ItemUpload => ({
    item,
    vault,
    journalled,
    partLength,
    patience,
    signal,
    hold: (ver) => held.hold(ver),
    onBegin: (plan) => void begun.set(plan.verId, plan),
    onProgress: reporters[index] ?? (() => undefined),
    onRestart: (reason) => options.onRestart?.(index, reason),
  });
  try {
    expectKnown(vault, items);
    const upload = (item: SealItem, i: number, signal: AbortSignal) =>
      uploadItem(device, keys, uploadOf(item, i, signal));
    const uploaded = await atOnce(items, upload, options.signal);
    // Why again: stopped while the last answers came in, nothing may be signed for.
    options.signal?.throwIfAborted();
    return uploaded;
  } catch (error) {
    const failure = options.signal?.aborted === true ? cancelled(error) : sessionEndedOr(error);
    if (!mayGoOn(failure, options)) await atOnce([...begun.values()], (plan) => giveUp(device, plan));
    throw failure;
  }
}

/** Whether the same items can be gone on with later. What the file or the server made unusable cannot. */
function mayGoOn(error: unknown, { keepOnCancel = false }: SealOptions): boolean {
  if (!(error instanceof RefusedError)) return true;
  if (error.code === "cancelled") return keepOnCancel;
  return isPassing(error) || !["size-changed", "upload-damaged", "upload-lost"].includes(error.code);
}

function isOfVault({ document, resume }: SealItem): boolean {
  return document !== undefined || resume !== undefined;
}

function expectKnown(vault: Vault | null, items: readonly SealItem[]): void {
  for (const { document, resume } of items) {
    if (vault === null || document === undefined || resume !== undefined) continue;
    if (vault.settings?.info.doc !== document) findInVault(vault, document);
  }
}

function expectSealable(item: SealItem): void {
  if (item.size > maxDocumentBytes)
    throw new RefusedError("too-large", `"${item.name}" is larger than this version can seal.`);
  if (item.thumbnail !== undefined && (item.thumbnail.length === 0 || item.thumbnail.length > maxThumbnail))
    throw new RefusedError("too-large", `The small picture of "${item.name}" is too large.`);
  expectNameable(item);
}

/** Two versions of one document in one call would leave open which is current; two goings on of one upload would get in each other's way. */
function expectOnce(items: readonly SealItem[]): void {
  const named = items.flatMap(({ document, resume }) => [document, resume].filter((id) => id !== undefined));
  if (new Set(named).size === named.length) return;
  throw new RefusedError("conflict", "One of these is named twice.", { next: "Seal each once." });
}

function sessionEndedOr(error: unknown): unknown {
  if (!(error instanceof ProblemError) || error.status !== 401) return error;
  return new RefusedError("session-ended", "Your session ended before everything was sealed.", {
    next: "Sign in again; what was uploaded is kept for now, and you can go on from there.",
    cause: error,
  });
}

function cancelled(cause: unknown): RefusedError {
  return new RefusedError("cancelled", "Stopped, as you asked. Nothing was added to your vault.", { cause });
}
