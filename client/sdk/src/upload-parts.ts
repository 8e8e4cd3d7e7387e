import { type Bytes, concatBytes, encodeBase64url, freeBytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import type { ManifestEntry } from "@afterkeep/formats";
import { type ByteSource, sealObject, type SealingPlan } from "@afterkeep/sealing";
import { listArrived, type PartHashes } from "./arrived-parts.ts";
import type { Device } from "./device.ts";
import { ProblemError } from "./errors.ts";
import type { PartBuffer } from "./part-buffers.ts";
import { newPartHasher } from "./part-hasher.ts";
import { type Patience, patiently } from "./patience.ts";
import { uploadDamaged, uploadGivenUp, UploadUnusableError } from "./upload-errors.ts";

export type PartsUpload = {
  readonly plan: SealingPlan;
  readonly source: ByteSource;
  /** Parts that left in an earlier attempt. */
  readonly left: PartHashes;
  /** Of those, the ones that the server has; nothing else may be in it. */
  readonly arrived: PartHashes;
  readonly partLength: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Bytes of the object that are with the server now. */
  readonly onProgress: (doneBytes: number) => void;
};

/**
 * Seals a source and sends what the server lacks, part by part, a few at once. Each part's hash stands in the journal before the part
 * leaves; a part that comes out otherwise than it left before stops everything (UploadUnusableError). Answers what the manifest must say,
 * once the server has every part.
 *
 * Invariant: under one plan no offset is ever sent with two different bytes (protocol §7 S12).
 */
export async function uploadParts(device: Device, upload: PartsUpload): Promise<ManifestEntry> {
  const stop = new AbortController();
  const signal = AbortSignal.any([upload.signal, stop.signal]);
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    stop.abort(error);
  };
  // Why no worker threads: one thread seals faster than a network takes it, and each thread holds 25 MB.
  const sealed = sealObject(upload.plan, upload.source, { signal, workers: 0 });
  const admitted: Promise<Bytes>[] = [];
  const sending = new Sending(device, { ...upload, signal });
  const flights: Promise<void>[] = [];
  try {
    for await (const cut of cutParts(device, sealed.object, { ...upload, signal })) {
      const part = admitted.length;
      // Why not waited for: the next part is sealed while this one is hashed and the disk notes it.
      const hash = admit(device, { ...upload, signal }, part, cut, admitted[part - 1]);
      admitted.push(hash);
      flights.push(hash.then((known) => sending.send(part, cut.buffer, known)).catch(fail));
    }
  } catch (error) {
    fail(error);
  }
  await Promise.all(flights);
  if (failures.length > 0) throw (await isGivenUp(device, upload)) ? uploadGivenUp(failures[0]) : failures[0];
  await expectWhole(device, upload, await Promise.all(admitted), sending.object);
  return sealed.entry();
}

/** In another window or process: the journal knows nothing of it any more, and nobody may go on with it. */
async function isGivenUp(device: Device, { plan }: PartsUpload): Promise<boolean> {
  return (await device.journal.list()).every(({ ver }) => ver !== plan.verId);
}

type CutPart = { readonly buffer: PartBuffer; readonly hash: Promise<Bytes> };

/** Cuts an object into parts, each in a buffer of its own. Waits for a free buffer: that is all the memory there is. */
async function* cutParts(
  device: Device,
  object: AsyncGenerator<Bytes, void, undefined>,
  { plan, partLength, signal }: PartsUpload,
): AsyncGenerator<CutPart, void, undefined> {
  let left = plan.objectLen;
  let filled = 0;
  let filling: PartBuffer | null = null;
  let hasher = newPartHasher();
  try {
    for await (const piece of object) {
      for (let from = 0; from < piece.length;) {
        const buffer: PartBuffer = (filling ??= await device.memory.uploads.buffers.take(
          Math.min(partLength, left),
          signal,
        ));
        const bytes = piece.subarray(from, from + buffer.bytes.length - filled);
        hasher.update(bytes);
        buffer.bytes.set(bytes, filled);
        filled += bytes.length;
        from += bytes.length;
        if (filled < buffer.bytes.length) continue;
        left -= filled;
        filled = 0;
        filling = null;
        yield { buffer, hash: hasher.digest(buffer.bytes) };
        hasher = newPartHasher();
      }
      freeBytes(piece);
    }
  } finally {
    filling?.release();
  }
}

/**
 * The part's hash, once the journal holds it. Throws if this part left before with other bytes.
 * @param before the part before this one: what follows a refused part is refused as well
 */
async function admit(
  device: Device,
  { plan, left, signal }: PartsUpload,
  part: number,
  cut: CutPart,
  before: Promise<Bytes> | undefined,
): Promise<Bytes> {
  try {
    // Why together: a buffer must not be let go while it is still being hashed.
    const [hash] = await Promise.all([cut.hash, before?.catch(() => undefined)]);
    await before;
    signal.throwIfAborted();
    const text = encodeBase64url(hash);
    const known = left.get(part) ?? (await device.journal.notePart(plan.verId, part, text));
    if (known !== text) throw new UploadUnusableError("file-changed");
    return hash;
  } catch (error) {
    cut.buffer.release();
    throw error;
  }
}

class Sending {
  readonly #device: Device;
  readonly #upload: PartsUpload;
  #done = 0;
  /** The server's digest of the whole, from whichever answer had it. */
  object = "";

  constructor(device: Device, upload: PartsUpload) {
    this.#device = device;
    this.#upload = upload;
  }

  async send(part: number, buffer: PartBuffer, hash: Bytes): Promise<void> {
    const { bytes } = buffer;
    const { length } = bytes;
    try {
      if (!this.#upload.arrived.has(part)) await this.#put(part, bytes, hash);
    } finally {
      buffer.release();
    }
    this.#done += length;
    this.#upload.onProgress(this.#done);
  }

  async #put(part: number, bytes: Bytes, hash: Bytes): Promise<void> {
    const { plan, patience, signal } = this.#upload;
    const leave = await this.#device.memory.uploads.sending.enter(signal);
    try {
      const place = { doc: plan.docId, ver: plan.verId, part };
      const put = () => this.#device.transport.putPart(place, bytes, hash, signal);
      const { sha256: answered, object } = await patiently(patience, signal, put);
      if (answered !== encodeBase64url(hash)) throw uploadDamaged();
      if (object !== "") this.object = object;
    } catch (error) {
      throw isOtherPart(error) ? new UploadUnusableError("upload-lost", error) : error;
    } finally {
      leave();
    }
  }
}

/** The server has this part with other bytes, which this journal knows nothing of: part of what left may be lost to it. */
function isOtherPart(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "part-differs";
}

/** Throws unless the server has noted the whole object as it was sealed. */
async function expectWhole(
  device: Device,
  { plan, patience, signal }: PartsUpload,
  hashes: readonly Bytes[],
  answered: string,
): Promise<void> {
  const whole = encodeBase64url(sha256(concatBytes(...hashes)));
  const object = answered !== "" ? answered : (await listArrived(device, plan, patience, signal)).object;
  if (object !== whole) throw uploadDamaged();
}
