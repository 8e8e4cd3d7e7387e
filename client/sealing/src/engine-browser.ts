import type { Bytes } from "@afterkeep/bytes";
import type { Sha256 } from "@afterkeep/crypto";
import { openChunk, sealChunk } from "@afterkeep/formats";
import { CipherPool, pooledEngine, type StartWorker, type WorkerDigest } from "./cipher-pool.ts";
import { wasmEngine } from "./engine-wasm.ts";
import { webCryptoEngine } from "./engine-webcrypto.ts";
import { isRight } from "./known-answer.ts";
import { type ChunkCipher, engineOfChunks, type PayloadEngine } from "./payload-engine.ts";

/** Slow, but everywhere. */
export const javascriptChunks: ChunkCipher = { seal: sealChunk, open: openChunk };
const javascriptEngine = engineOfChunks("javascript", 1, javascriptChunks);

let pool: CipherPool | null = null;
let chosen: Promise<PayloadEngine> | undefined;

/** From now on what is large is ciphered in Web Workers, as far as `start` gives any. */
export function cipherInWorkers(start: StartWorker): void {
  pool = new CipherPool(start, Math.min(2, navigator.hardwareConcurrency));
  chosen = undefined;
}

/** The fastest that this browser has and that gives the right bytes: WebAssembly, else its own cipher, else JavaScript. */
export function payloadEngine(_workers?: number): Promise<PayloadEngine> {
  chosen ??= choose(pool);
  return chosen;
}

async function choose(helpers: CipherPool | null): Promise<PayloadEngine> {
  const local = await chooseEngine([wasmEngine, () => Promise.resolve(webCryptoEngine)]);
  const { name } = local;
  return helpers !== null && (name === "wasm" || name === "webcrypto") ? pooledEngine(local, name, helpers) : local;
}

/** The first of the candidates that loads and passes the known answer, else JavaScript. */
export async function chooseEngine(candidates: readonly (() => Promise<PayloadEngine>)[]): Promise<PayloadEngine> {
  for (const load of candidates) {
    const engine = await load().catch(() => null);
    if (engine !== null && (await isRight(engine))) return engine;
  }
  return javascriptEngine;
}

/** Browsers have none that is fast and can be fed in parts. */
export const newSha256: (() => Sha256) | null = null;

/** SHA-256 by a worker; null while there is none. The memory of `bytes` moves, and comes back. */
export function digestInWorker(bytes: Bytes): Promise<WorkerDigest> | null {
  return pool?.least?.digest(bytes) ?? null;
}
