import { type Bytes, equalBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { wasmEngine } from "./engine-wasm.ts";
import { webCryptoEngine } from "./engine-webcrypto.ts";
import type { ChunkBatch, PayloadEngine } from "./payload-engine.ts";

/** What the page asks of a worker. The memory of `bytes` is moved with it. */
export type WorkerJob = { readonly id: number; readonly bytes: Bytes } & (CipherJob | { readonly kind: "digest" });
type CipherJob = {
  readonly kind: "cipher";
  readonly engine: WorkerEngine;
  readonly batch: Omit<ChunkBatch, "bytes" | "giveBack">;
};
export type WorkerEngine = "wasm" | "webcrypto";

/** What it answers. `memory` is that of the job, where it is not among the parts. */
export type WorkerAnswer = {
  readonly id: number;
  /** "" for none. */
  readonly error: string;
  readonly parts: PackedParts;
  readonly memory: Bytes | null;
};

/** Pieces of a few buffers. Why not as they are: a message of many typed arrays takes longer to read than to cipher a chunk. */
export type PackedParts = {
  readonly buffers: readonly ArrayBuffer[];
  /** Buffer, offset and length of each. */
  readonly places: Uint32Array;
};

function pack(parts: readonly Bytes[]): PackedParts {
  const buffers = [...new Set(parts.map(({ buffer }) => buffer))];
  const places = Uint32Array.from(
    parts.flatMap(({ buffer, byteOffset, length }) => [buffers.indexOf(buffer), byteOffset, length]),
  );
  return { buffers, places };
}

export function unpack({ buffers, places }: PackedParts): Bytes[] {
  return Array.from({ length: places.length / 3 }, (_, i) => {
    const [buffer = 0, offset, length] = places.subarray(3 * i, 3 * i + 3);
    return new Uint8Array(buffers[buffer] ?? new ArrayBuffer(0), offset, length);
  });
}

/** The worker's own end of the line to its page. */
export type WorkerPort = {
  postMessage(message: WorkerAnswer, options: { transfer: ArrayBuffer[] }): void;
  addEventListener(type: "message", listener: (event: MessageEvent<WorkerJob>) => void): void;
};

/** The life of a cipher worker: ciphers batches, and hashes, as they come. Loads an engine when it is first asked for. */
export function serveCipher(port: WorkerPort): void {
  let engine: Promise<PayloadEngine> | undefined;
  let key: Bytes = new Uint8Array(0);
  const cipher = async ({ engine: name, batch, bytes }: WorkerJob & CipherJob) => {
    engine ??= name === "wasm" ? wasmEngine() : Promise.resolve(webCryptoEngine);
    // Why the same object again: WebCrypto's engine imports a key once for each.
    if (!equalBytes(key, batch.key)) key = batch.key;
    let memory: Bytes | null = null;
    const giveBack = (back: Bytes) => void (memory = back);
    const parts = [...(await (await engine).cipher({ ...batch, key, bytes, giveBack }))];
    return { parts: pack(parts), memory };
  };
  const digest = async ({ bytes }: WorkerJob) => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return { parts: pack([hash]), memory: new Uint8Array(bytes.buffer) };
  };
  const answer = async (job: WorkerJob): Promise<WorkerAnswer> => {
    try {
      return { id: job.id, error: "", ...(await (job.kind === "cipher" ? cipher(job) : digest(job))) };
    } catch (error) {
      return { id: job.id, error: messageOf(error), parts: pack([]), memory: null };
    }
  };
  port.addEventListener("message", ({ data }) => {
    void answer(data).then((answered) => port.postMessage(answered, { transfer: buffersOf(answered) }));
  });
}

function buffersOf({ parts: { buffers }, memory }: WorkerAnswer): ArrayBuffer[] {
  return memory === null ? [...buffers] : [...buffers, memory.buffer];
}

function messageOf(error: unknown): string {
  if (error instanceof DecryptionError) return "not-authentic";
  return error instanceof Error && error.message !== "" ? error.message : "failed";
}
