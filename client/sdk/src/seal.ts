import { encodeBase64url, newId, type Bytes } from "@afterkeep/bytes";
import { partLength } from "@afterkeep/contracts";
import { sha256 } from "@afterkeep/crypto";
import type { ManifestEntry } from "@afterkeep/formats";
import { type ByteSource, planDocument, sealObject, SourceSizeError } from "@afterkeep/sealing";
import { atOnce } from "./at-once.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { chosenDocuments, type DocumentInfo, readVault } from "./documents.ts";
import { commitManifest, vaultPlace } from "./manifest-commit.ts";
import { requireOwner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { productNow } from "./server-info.ts";

/** Something to seal: a file, or a note. `open` is called once, and its bytes are read once. */
export type SealItem = {
  readonly kind: "file" | "note" | "record";
  readonly name: string;
  /** `a/b` without slashes at the ends; empty at the top. */
  readonly folder: string;
  /** Media type, `application/octet-stream` if unknown. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** ms. */
  readonly modified: number;
  open(): ByteSource;
};

export type SealProgress = {
  readonly index: number;
  readonly count: number;
  readonly name: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly allDoneBytes: number;
  readonly allTotalBytes: number;
};

export type SealOptions = { readonly signal?: AbortSignal; readonly onProgress?: (progress: SealProgress) => void };

/** What this version seals at once; the limit is the browser's memory, not the format's. */
const maxDocumentBytes = 50_000_000_000;

/**
 * Seals items into the vault: each is encrypted here and uploaded, then one signed manifest makes all of them part of the vault. If
 * anything fails before that, none of them is.
 */
export async function sealItems(
  device: Device,
  items: readonly SealItem[],
  options: SealOptions = {},
): Promise<DocumentInfo[]> {
  const keys = await requireOwner(device);
  const tooLarge = items.find((item) => item.size > maxDocumentBytes);
  if (tooLarge !== undefined)
    throw new RefusedError("too-large", `"${tooLarge.name}" is larger than this version can seal.`);
  const reporters = progressOf(items, options);
  const seal = (item: SealItem, index: number, signal: AbortSignal) =>
    sealAndUpload(device, keys, item, signal, reporters[index] ?? (() => undefined));
  const entries = await atOnce(items, seal, options.signal);
  await commitManifest(device, keys, vaultPlace, [keys.keyring.ageRecipient], (newest) => ({
    entries: [...(newest?.entries ?? []), ...entries],
    message: "",
  }));
  const sealed = entries.map(({ docId }) => docId);
  return chosenDocuments(await readVault(device), sealed).map(({ info }) => info);
}

async function sealAndUpload(
  device: Device,
  keys: OwnerKeys,
  item: SealItem,
  signal: AbortSignal,
  onProgress: (doneBytes: number) => void,
): Promise<ManifestEntry> {
  const docId = newId(device.now(), device.random);
  const verId = newId(device.now(), device.random);
  const plan = await planDocument({
    account: keys.account,
    docId,
    verId,
    metadata: metadataOf(item, productNow(device)),
    recipients: [keys.keyring.ageRecipient],
    random: device.random,
  });
  const sealed = sealObject(plan, item.open(), { signal, onProgress });
  await device.transport.call("beginDocument", {
    body: {
      doc: docId,
      ver: verId,
      header: encodeBase64url(plan.header),
      metadata: encodeBase64url(plan.metadata),
      payloadLen: plan.payloadLen,
      objectLen: plan.objectLen,
    },
  });
  await upload(device, { doc: docId, ver: verId }, sealed.object, signal);
  return sealed.entry();
}

async function upload(
  device: Device,
  place: { doc: string; ver: string },
  object: AsyncGenerator<Bytes>,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    let part = 0;
    for await (const bytes of partsOf(object))
      await device.transport.upload({ ...place, part: String(part++) }, bytes, sha256(bytes), signal);
  } catch (error) {
    throw mapped(error);
  }
}

/** The object in pieces of `partLength` bytes, the last one maybe shorter. */
async function* partsOf(object: AsyncGenerator<Bytes>): AsyncGenerator<Bytes, void, undefined> {
  let part = new Uint8Array(partLength);
  let filled = 0;
  for await (const bytes of object)
    for (let from = 0; from < bytes.length;) {
      const taken = bytes.subarray(from, from + partLength - filled);
      part.set(taken, filled);
      from += taken.length;
      filled += taken.length;
      if (filled < partLength) continue;
      yield part;
      part = new Uint8Array(partLength);
      filled = 0;
    }
  if (filled > 0) yield part.subarray(0, filled);
}

function mapped(error: unknown): unknown {
  if (error instanceof SourceSizeError) {
    return new RefusedError("size-changed", error.message, {
      next: "Close programs that write to it and seal it again.",
      cause: error,
    });
  }
  if (error instanceof DOMException && error.name === "AbortError") {
    return new RefusedError("cancelled", "Stopped, as you asked. Nothing was added to your vault.", { cause: error });
  }
  return error;
}

function metadataOf(item: SealItem, createdMs: number) {
  return {
    kind: item.kind,
    name: item.name,
    folder: item.folder,
    mediaType: item.type,
    size: item.size,
    createdMs,
    modifiedMs: Math.max(0, Math.round(item.modified)),
    currentMs: createdMs,
  };
}

/** For each item, how it reports: several are under way at once, so the whole is the sum of all. */
function progressOf(items: readonly SealItem[], { onProgress }: SealOptions): ((doneBytes: number) => void)[] {
  const done = items.map(() => 0);
  const allTotalBytes = items.reduce((sum, item) => sum + item.size, 0);
  return items.map(({ name, size: totalBytes }, index) => (doneBytes) => {
    done[index] = doneBytes;
    const allDoneBytes = done.reduce((sum, bytes) => sum + bytes, 0);
    onProgress?.({ index, count: items.length, name, doneBytes, totalBytes, allDoneBytes, allTotalBytes });
  });
}
