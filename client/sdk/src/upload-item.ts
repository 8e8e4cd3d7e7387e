import { encodeBase64url, type Id, newId } from "@afterkeep/bytes";
import type { AgeRecipient, ManifestEntry } from "@afterkeep/formats";
import { planDocument, type SealingPlan, SourceSizeError } from "@afterkeep/sealing";
import type { Device } from "./device.ts";
import { ProblemError, RefusedError } from "./errors.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { type Patience, patiently } from "./patience.ts";
import type { SealItem } from "./seal-item.ts";
import { stampNow } from "./stamp-time.ts";
import type { Vault } from "./vault.ts";
import type { UploadJournal } from "./upload-journal.ts";
import { openUploadRecord, sealUploadRecord, type UploadRecord } from "./upload-record.ts";
import { expectOwnParts, listArrived, type PartHashes } from "./arrived-parts.ts";
import { type RestartReason, uploadDamaged, UploadUnusableError } from "./upload-errors.ts";
import { uploadParts } from "./upload-parts.ts";

export type ItemUpload = {
  readonly item: SealItem;
  /** As it was before; null where no item is of a document or an upload that was there already. */
  readonly vault: Vault | null;
  readonly partLength: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** What the journal holds. */
  readonly journalled: JournalledUploads;
  /** Holds a version from before it is in the journal until the manifest is signed. */
  readonly hold: (ver: Id) => Promise<void>;
  readonly onBegin: (plan: SealingPlan) => void;
  readonly onProgress: (doneBytes: number) => void;
  readonly onRestart: (reason: RestartReason) => void;
};

/** A version that is whole with the server and that no manifest names yet. */
export type UploadedItem = { readonly plan: SealingPlan; readonly entry: ManifestEntry };

export type JournalledUploads = Awaited<ReturnType<UploadJournal["list"]>>;

type Started = { readonly record: UploadRecord; readonly left: PartHashes };

/**
 * Uploads one item: goes on with the pending upload that it names, or begins. Where a pending one cannot go on under its key it is given up,
 * here and on the server, and the item begins anew under a fresh one.
 */
export async function uploadItem(device: Device, keys: OwnerKeys, upload: ItemUpload): Promise<UploadedItem> {
  const pending = upload.item.resume === undefined ? null : findPending(keys, upload.journalled, upload.item.resume);
  if (pending === null) return uploadAnew(device, keys, upload, upload.item.document);
  const committed = upload.vault?.entries.find(({ verId }) => verId === pending.record.plan.verId);
  if (committed !== undefined) return { plan: pending.record.plan, entry: committed };
  try {
    if (pending.record.plan.size !== upload.item.size) throw new UploadUnusableError("file-changed");
    return await goOn(device, upload, pending);
  } catch (error) {
    if (!(error instanceof UploadUnusableError)) throw error;
    await giveUp(device, pending.record.plan);
    upload.onRestart(error.reason);
    const { isVersion, plan } = pending.record;
    return uploadAnew(device, keys, upload, isVersion ? plan.docId : upload.item.document);
  }
}

async function uploadAnew(
  device: Device,
  keys: OwnerKeys,
  upload: ItemUpload,
  document: Id | undefined,
): Promise<UploadedItem> {
  const { item } = upload;
  const recipients = [keys.keyring.ageRecipient];
  const plan = await planItem(device, keys.account, upload, document, recipients);
  await upload.hold(plan.verId);
  const record: UploadRecord = {
    plan,
    name: item.name,
    folder: item.folder,
    modified: wholeMs(item.modified),
    source: item.source ?? "",
    startedAt: device.now(),
    isVersion: document !== undefined,
  };
  await device.journal.begin(sealUploadRecord(keys, record, device.random));
  try {
    return await goOn(device, upload, { record, left: new Map() });
  } catch (error) {
    // Why not again: a server that mixes up an upload that just began will mix up the next one.
    throw error instanceof UploadUnusableError ? uploadDamaged() : error;
  }
}

async function planItem(
  device: Device,
  account: Id,
  { item, vault }: ItemUpload,
  document: Id | undefined,
  recipients: readonly AgeRecipient[],
): Promise<SealingPlan> {
  const latest = document === undefined ? undefined : vault?.versions.get(document)?.[0];
  const newestMs = latest?.opened.metadata.currentMs ?? -1;
  const createdMs = await stampNow(device, newestMs);
  return planDocument({
    account,
    docId: document ?? newId(device.now(), device.random),
    verId: newId(device.now(), device.random),
    metadata: {
      kind: item.kind,
      name: item.name,
      folder: item.folder,
      mediaType: item.type,
      size: item.size,
      createdMs,
      modifiedMs: wholeMs(item.modified),
      currentMs: Math.max(createdMs, newestMs + 1),
    },
    thumbnail: item.thumbnail,
    recipients,
    random: device.random,
  });
}

/** Announces (saying the same again is fine), asks what arrived if anything may have, and sends the rest. */
async function goOn(device: Device, upload: ItemUpload, { record, left }: Started): Promise<UploadedItem> {
  const { plan } = record;
  const { item, partLength, patience, signal, onProgress } = upload;
  upload.onBegin(plan);
  try {
    await announce(device, plan, patience, signal);
    const arrived =
      left.size === 0 && item.resume === undefined ? null : await listArrived(device, plan, patience, signal);
    if (arrived !== null) expectOwnParts(arrived.parts, left);
    const parts = { plan, source: item.open(), left, arrived: arrived?.parts ?? new Map<number, string>(), partLength };
    const entry = await uploadParts(device, { ...parts, patience, signal, onProgress });
    return { plan, entry };
  } catch (error) {
    throw error instanceof SourceSizeError ? sizeChanged(error) : error;
  }
}

async function announce(
  device: Device,
  { docId, verId, header, metadata, payloadLen, objectLen }: SealingPlan,
  patience: Patience,
  signal: AbortSignal,
): Promise<void> {
  const sealed = { header: encodeBase64url(header), metadata: encodeBase64url(metadata) };
  const body = { doc: docId, ver: verId, ...sealed, payloadLen, objectLen };
  try {
    await patiently(patience, signal, () => device.transport.call("beginDocument", { body }, signal));
  } catch (error) {
    const isOther = error instanceof ProblemError && error.code === "document-exists";
    throw isOther ? new UploadUnusableError("upload-lost", error) : error;
  }
}

/** Gives a pending version up: without its journal nobody can go on with it, so its key is gone first. */
export async function giveUp(device: Device, { docId, verId }: { docId: Id; verId: Id }): Promise<void> {
  await device.journal.remove(verId);
  try {
    await device.transport.call("discardDocument", { params: { doc: docId, ver: verId } });
  } catch {
    // Falls through: a server that cannot do it now removes what stays pending by itself.
  }
}

function findPending(keys: OwnerKeys, journalled: JournalledUploads, ver: Id): Started {
  const found = journalled.find((one) => one.ver === ver);
  const record = found === undefined ? null : openUploadRecord(keys, found);
  if (found === undefined || record === null)
    throw new RefusedError("not-found", "This device knows no such upload.", { next: "Seal the file again." });
  return { record, left: new Map(found.parts.map(({ part, sha256 }) => [part, sha256])) };
}

function wholeMs(ms: number): number {
  return Math.max(0, Math.round(ms));
}

function sizeChanged(error: SourceSizeError): RefusedError {
  return new RefusedError("size-changed", error.message, {
    next: "Close programs that write to it and seal it again.",
    cause: error,
  });
}
