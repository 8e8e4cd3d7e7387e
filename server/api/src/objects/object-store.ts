import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { freeBytes } from "@afterkeep/bytes";
import { partLength } from "@afterkeep/contracts";
import { AfterkeepError, DependencyError, InputError, makePrivateFolder } from "@afterkeep/platform";
import { GatheringRooms } from "./gathering-rooms.ts";
import { readAcrossParts } from "./object-parts.ts";

export type ObjectKey = { tenant: string; doc: string; ver: string };
/** A part that has arrived whole and is on the disk, but not yet in its place. */
export type StagedPart = {
  sha256: Buffer;
  /** Puts it in its place, over whatever a crash may have left there. `isFirst`: no part of this object was placed before. */
  place(key: ObjectKey, part: number, isFirst: boolean): Promise<void>;
  discard(): Promise<void>;
};
/** Is told how much arrives, and may end it. */
export type Watch = { signal: AbortSignal; note(bytes: number): void };
/** A folder of parts, with the time (ms) when something was last put into it. */
export type StoredObject = ObjectKey & { changedAt: number };

/**
 * Sealed objects as folders of part files: `<tenant>/<doc>/<ver>/<part>`. Bytes pass through; none is held longer than the write it is gathered for. What
 * counts as there is what the database says: a file without its row is nothing yet.
 */
export type ObjectStore = {
  /** Takes exactly `length` bytes. Throws InputError `object-length-wrong`, or why it was aborted, and leaves nothing behind otherwise. */
  stage(bytes: Readable, length: number, watch: Watch): Promise<StagedPart>;
  /** Bytes `start`…`end` (both inclusive) of an object whose parts are all there. */
  read(key: ObjectKey, start: number, end: number): Readable;
  remove(key: ObjectKey): Promise<void>;
  /** What lies in the folder, with or without rows. */
  list(): AsyncGenerator<StoredObject, void, undefined>;
  /** Bytes of the disk, and those of them that we may still use. */
  space(): Promise<{ total: number; free: number }>;
};

/** Opens the folder and throws away what was arriving when the process ended. */
export async function openObjectStore(root: string): Promise<ObjectStore> {
  const incoming = join(root, incomingName);
  await makePrivateFolder(root);
  await makePrivateFolder(incoming);
  for (const name of await readdir(incoming)) await rm(join(incoming, name), { force: true });
  const rooms = new GatheringRooms();
  const folderOf = (key: ObjectKey) => join(root, key.tenant, key.doc, key.ver);
  return {
    stage: (...part) => stage({ root, rooms }, join(incoming, randomBytes(16).toString("hex")), ...part),
    read: (key, start, end) => readAcrossParts((part) => join(folderOf(key), partName(part)), partLength, start, end),
    remove: (key) => remove(folderOf(key), join(root, key.tenant, key.doc)),
    list: () => list(root),
    space: async () => {
      const { bsize, blocks, bavail } = await statfs(root);
      return { total: bsize * blocks, free: bsize * bavail };
    },
  };
}

const incomingName = "incoming";
const partName = (part: number) => String(part).padStart(5, "0");

async function stage(
  { root, rooms }: { readonly root: string; readonly rooms: GatheringRooms },
  temporary: string,
  bytes: Readable,
  length: number,
  watch: Watch,
): Promise<StagedPart> {
  const file = await open(temporary, "wx", 0o600);
  const discard = () => rm(temporary, { force: true });
  const room = rooms.take(length);
  try {
    const sha256 = await receive({ file, room: room.bytes }, bytes, length, watch);
    await file.sync();
    return { sha256, place: (key, part, isFirst) => place(temporary, root, key, part, isFirst), discard };
  } catch (error) {
    await discard();
    throw reasonOf(error, bytes);
  } finally {
    room.leave();
    await file.close();
  }
}

/** Who must act: the caller whose line broke, or the operator whose disk does not take it. */
function reasonOf(error: unknown, bytes: Readable): unknown {
  if (error instanceof AfterkeepError) return error;
  if (bytes.errored !== null)
    return new InputError("upload-broken", "The upload broke off.", { next: "Send this part again.", cause: error });
  return new DependencyError("storage-failed", "The server cannot store the object now.", {
    next: "Try again later, or tell the operator.",
    cause: error,
  });
}

async function receive(
  { file, room }: { readonly file: FileHandle; readonly room: Uint8Array },
  bytes: Readable,
  length: number,
  watch: Watch,
): Promise<Buffer> {
  const hash = createHash("sha256");
  let received = 0;
  let held = 0;
  const flush = async () => {
    const gathered = room.subarray(0, held);
    held = 0;
    hash.update(gathered);
    await writeAll(file, gathered);
  };
  for await (const chunk of untilAborted(bytes, watch.signal)) {
    if (!(chunk instanceof Uint8Array)) throw new InputError("object-not-bytes", "An object is bytes.");
    received += chunk.length;
    if (received > length) throw wrongLength();
    watch.note(chunk.length);
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + room.length - held);
      room.set(piece, held);
      held += piece.length;
      at += piece.length;
      if (held === room.length) await flush();
    }
    freeBytes(chunk);
  }
  if (received !== length) throw wrongLength();
  await flush();
  return hash.digest();
}

// Why neither destroyed at its end nor aborted itself: the bytes are a request, and with it would go the socket on which the refusal has to
// travel. Why by hand: a generator's return would wait for the very chunk that does not come.
async function* untilAborted(bytes: Readable, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
  const chunks: AsyncIterator<unknown> = bytes.iterator({ destroyOnReturn: false });
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      const next = chunks.next();
      next.catch(() => undefined);
      const { done, value } = await Promise.race([next, aborted.promise]);
      if (done === true) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    void chunks.return?.().catch(() => undefined);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
}

async function place(
  temporary: string,
  root: string,
  { tenant, doc, ver }: ObjectKey,
  part: number,
  isFirst: boolean,
): Promise<void> {
  const above = [root, join(root, tenant), join(root, tenant, doc)];
  const folder = join(root, tenant, doc, ver);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(temporary, join(folder, partName(part)));
  // Why all of them once: a rename or a new folder is durable only when the folder that lists it is.
  for (const one of isFirst ? [folder, ...above.reverse()] : [folder]) await syncFolder(one);
}

async function remove(folder: string, above: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  // Other versions may lie there; then it stays.
  await rmdir(above).catch(() => undefined);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* list(root: string): AsyncGenerator<StoredObject, void, undefined> {
  for (const tenant of await namesIn(root)) {
    if (tenant === incomingName) continue;
    for (const doc of await namesIn(join(root, tenant)))
      for (const ver of await namesIn(join(root, tenant, doc))) {
        const found = await stat(join(root, tenant, doc, ver)).catch(() => null);
        if (found !== null) yield { tenant, doc, ver, changedAt: found.mtimeMs };
      }
  }
}

// Empty where it is no folder, or gone meanwhile.
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

export function wrongLength(): InputError {
  return new InputError("object-length-wrong", "The part is longer or shorter than it was announced.", {
    next: "Send this part again, whole.",
  });
}
