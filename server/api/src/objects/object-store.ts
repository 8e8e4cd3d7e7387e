import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { AfterkeepError, DependencyError, InputError, makePrivateFolder } from "@afterkeep/platform";

export type ObjectKey = { tenant: string; doc: string; ver: string };
/** An object that has arrived whole and is on the disk, but not yet in its place. */
export type StagedObject = { length: number; sha256: Buffer; place(): Promise<void>; discard(): Promise<void> };

/** Sealed objects in a folder: `<tenant>/<doc>/<ver>`. Bytes pass through; none is held longer than its chunk. */
export type ObjectStore = {
  /** Takes exactly `length` bytes. Throws InputError `object-length-wrong` and leaves nothing behind otherwise. */
  stage(key: ObjectKey, bytes: Readable, length: number): Promise<StagedObject>;
  /** Bytes `start`…`end` (both inclusive). */
  read(key: ObjectKey, start: number, end: number): Readable;
  remove(key: ObjectKey): Promise<void>;
};

/** Opens the folder and throws away what was arriving when the process ended. */
export async function openObjectStore(root: string): Promise<ObjectStore> {
  const incoming = join(root, "incoming");
  await makePrivateFolder(root);
  await makePrivateFolder(incoming);
  for (const name of await readdir(incoming)) await rm(join(incoming, name), { force: true });
  const pathOf = (key: ObjectKey) => join(root, key.tenant, key.doc, key.ver);
  return {
    stage: (key, bytes, length) => stage(join(incoming, randomBytes(16).toString("hex")), pathOf(key), bytes, length),
    read: (key, start, end) => createReadStream(pathOf(key), { start, end }),
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}

async function stage(temporary: string, path: string, bytes: Readable, length: number): Promise<StagedObject> {
  const file = await open(temporary, "wx", 0o600);
  const discard = () => rm(temporary, { force: true });
  try {
    const sha256 = await receive(file, bytes, length);
    await file.sync();
    return { length, sha256, place: () => place(temporary, path), discard };
  } catch (error) {
    await discard();
    throw reasonOf(error, bytes);
  } finally {
    await file.close();
  }
}

/** Who must act: the caller whose line broke, or the operator whose disk does not take it. */
function reasonOf(error: unknown, bytes: Readable): unknown {
  if (error instanceof AfterkeepError) return error;
  if (bytes.errored !== null)
    return new InputError("upload-broken", "The upload broke off.", {
      next: "Send the whole object again.",
      cause: error,
    });
  return new DependencyError("storage-failed", "The server cannot store the object now.", {
    next: "Try again later, or tell the operator.",
    cause: error,
  });
}

async function receive(file: FileHandle, bytes: Readable, length: number): Promise<Buffer> {
  const hash = createHash("sha256");
  let received = 0;
  // Why not destroyed: the bytes are a request, and with it would go the socket on which the refusal has to travel.
  for await (const chunk of bytes.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Uint8Array)) throw new InputError("object-not-bytes", "An object is bytes.");
    received += chunk.length;
    if (received > length) throw wrongLength();
    hash.update(chunk);
    await writeAll(file, chunk);
  }
  if (received !== length) throw wrongLength();
  return hash.digest();
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
}

async function place(temporary: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rename(temporary, path);
  // Why up to the tenant's folder: a rename or a new folder is durable only when the folder that lists it is.
  for (const folder of [dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))])
    await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function wrongLength(): InputError {
  return new InputError("object-length-wrong", "The object is longer or shorter than it was announced.", {
    next: "Send the whole object again.",
  });
}
