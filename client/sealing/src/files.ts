import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type Bytes, concatBytes, copyBytes, encodeHex, MalformedError, randomBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type AgeRecipient,
  createHeader,
  maxHeaderLength,
  newFileKey,
  parseHeader,
  payloadKey,
  payloadLength,
  payloadNonceLength,
  plaintextLength,
  unwrapFileKey,
} from "@afterkeep/formats";
import { SourceSizeError } from "./errors.ts";
import { copyPayload, startThreads } from "./file-job.ts";
import { defaultWorkers } from "./payload-workers.ts";

export type FileOptions = {
  /** Threads at work, the calling one among them; 0 and 1 are the same. Chosen by the file's size and the machine if absent. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the input done so far, and all of them. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
};

/** Bytes read and written. */
export type FileResult = { readonly inputBytes: number; readonly outputBytes: number };

/**
 * Seals one file as one plain age file at a new path, readable by this user alone. The output appears whole or not at all, and is on the disk when this resolves. Rejects with
 * SourceSizeError if the input changes meanwhile, the system's errors (EEXIST where the output exists) and the signal's reason.
 */
export async function sealFile(
  input: string,
  output: string,
  options: FileOptions & { readonly recipients: readonly AgeRecipient[] },
): Promise<FileResult> {
  return betweenFiles(input, output, options, async (from, to, size) => {
    const fileKey = newFileKey();
    const header = await createHeader(fileKey, options.recipients, { pad: "exact" });
    const nonce = copyBytes(randomBytes(payloadNonceLength));
    const start = concatBytes(header, nonce);
    await to.write(start, 0, start.length, 0);
    const outputBytes = header.length + payloadLength(size);
    return {
      direction: "seal",
      key: payloadKey(fileKey, nonce),
      from: { file: from, offset: 0, length: size },
      to: { file: to, offset: start.length, length: outputBytes - start.length },
    };
  });
}

/**
 * Opens one age file at a new path, readable by this user alone; nothing is there before all of it was authenticated. Rejects with
 * DecryptionError if no identity fits or a byte was changed, MalformedError if it is no age file, and as sealFile does.
 */
export async function openFile(
  input: string,
  output: string,
  options: FileOptions & { readonly identities: readonly AgeIdentity[] },
): Promise<FileResult> {
  return betweenFiles(input, output, options, async (from, to, size) => {
    const { fileKey, nonce, offset } = await readStart(from, size, options.identities);
    const length = size - offset;
    return {
      direction: "open",
      key: payloadKey(fileKey, nonce),
      from: { file: from, offset, length },
      to: { file: to, offset: 0, length: plaintextOrFail(length + payloadNonceLength) },
    };
  });
}

type Regions = Pick<Parameters<typeof copyPayload>[0], "direction" | "key" | "from" | "to">;

async function betweenFiles(
  input: string,
  output: string,
  { workers, signal, onProgress }: FileOptions,
  start: (from: FileHandle, to: FileHandle, size: number) => Promise<Regions>,
): Promise<FileResult> {
  signal?.throwIfAborted();
  await using from = await open(input, "r");
  const before = await from.stat();
  if (!before.isFile()) throw new MalformedError("regular file");
  const threads = workers ?? (before.size < worthWorkers ? 0 : defaultWorkers);
  return await atomically(output, async (to) => {
    startThreads(threads);
    const regions = await start(from, to, before.size);
    await copyPayload({
      ...regions,
      workers: threads,
      signal,
      onProgress: (done) => onProgress?.(regions.from.offset + done, before.size),
    });
    const after = await from.stat();
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw new SourceSizeError();
    return { inputBytes: before.size, outputBytes: regions.to.offset + regions.to.length };
  });
}

/** Below this, starting threads takes longer than they save. Bytes. */
const worthWorkers = 64 * 2 ** 20;

/** Writes beside the output under another name and renames at the end, so that nobody meets half a file. */
async function atomically<T>(output: string, write: (to: FileHandle) => Promise<T>): Promise<T> {
  const claim = await open(output, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  await claim.close();
  const unfinished = `${output}.${encodeHex(randomBytes(6))}.part`;
  try {
    const to = await open(unfinished, "wx", 0o600);
    try {
      const result = await write(to);
      // Why: who is told that it is done may delete the input; after a power cut an unsynced file is empty under its final name.
      await to.sync();
      await to.close();
      await rename(unfinished, output);
      await syncFolder(dirname(output));
      return result;
    } catch (error) {
      await to.close().catch(() => undefined);
      await rm(unfinished, { force: true });
      throw error;
    }
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  }
}

/** Makes new names durable. Where folders cannot be synced (Windows) the system does it itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  await using handle = await open(folder, "r");
  await handle.sync();
}

async function readStart(
  from: FileHandle,
  size: number,
  identities: readonly AgeIdentity[],
): Promise<{ fileKey: Bytes; nonce: Bytes; offset: number }> {
  const start = new Uint8Array(Math.min(size, maxHeaderLength + payloadNonceLength));
  const { bytesRead } = await from.read(start, 0, start.length, 0);
  const read = start.subarray(0, bytesRead);
  const { length } = parseHeader(read);
  const fileKey = await unwrapFileKey(read, identities);
  const nonce = read.slice(length, length + payloadNonceLength);
  if (fileKey === null || nonce.length !== payloadNonceLength) throw new DecryptionError();
  return { fileKey, nonce, offset: length + payloadNonceLength };
}

function plaintextOrFail(payloadLen: number): number {
  try {
    return plaintextLength(payloadLen);
  } catch {
    throw new DecryptionError();
  }
}
