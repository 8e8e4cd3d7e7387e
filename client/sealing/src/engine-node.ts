import { createHash, createSecretKey } from "node:crypto";
import { type Bytes, copyBytes } from "@afterkeep/bytes";
import type { Sha256 } from "@afterkeep/crypto";
import { cipherChunks } from "./node-chunks.mjs";
import type { ChunkBatch, PayloadEngine } from "./payload-engine.ts";
import { failureOf, payloadWorkers } from "./payload-workers.ts";

/**
 * OpenSSL through node:crypto, in this thread for `workers` = 0, else in as many shared ones.
 * Chosen by the package's `imports` map, so that no browser bundle ever meets a `node:` import.
 */
export function payloadEngine(workers = 0): Promise<PayloadEngine> {
  return Promise.resolve(workers === 0 ? nodeEngine : workersEngine(workers));
}

const nodeEngine: PayloadEngine = { name: "node", lanes: 1, cipher: async (batch) => cipherHere(batch) };

function* cipherHere(batch: ChunkBatch): Generator<Bytes, void, undefined> {
  const { direction, key, first, isLast, bytes } = batch;
  try {
    yield* cipherChunks({ direction, key: createSecretKey(key), first, isLast }, bytes);
  } catch (error) {
    throw error instanceof Error ? failureOf(error) : error;
  }
  batch.giveBack?.(new Uint8Array(bytes.buffer));
}

function workersEngine(workers: number): PayloadEngine {
  return {
    name: "workers",
    lanes: 2 * workers,
    cipher: async (batch) => {
      const [least] = [...payloadWorkers(workers)].sort((a, b) => a.load - b.load);
      if (least === undefined) throw new RangeError("number of workers");
      return [await least.cipher(batch)];
    },
  };
}

/** OpenSSL's SHA-256. */
export const newSha256: (() => Sha256) | null = () => {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => copyBytes(hash.digest()) };
};

/** Hashing is faster than the way to a thread. */
export function digestInWorker(_bytes: Bytes): null {
  return null;
}
