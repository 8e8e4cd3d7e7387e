import { concatBytes, equalBytes } from "@afterkeep/bytes";
import type { Sha256 } from "@afterkeep/crypto";
import { chunkLength, chunkNonce, openChunk, sealChunk } from "@afterkeep/formats";
import { webCryptoEngine } from "./engine-webcrypto.ts";
import { type ChunkCipher, engineOfChunks, type PayloadEngine } from "./payload-engine.ts";
import { loadWasmCipher } from "./wasm-cipher.ts";

/** Slow, but everywhere. */
export const javascriptChunks: ChunkCipher = { seal: sealChunk, open: openChunk };
const javascriptEngine = engineOfChunks("javascript", 1, javascriptChunks);

export async function wasmEngine(): Promise<PayloadEngine> {
  return engineOfChunks("wasm", 1, await loadWasmCipher());
}

let chosen: Promise<PayloadEngine> | undefined;

/** The fastest that this browser has and that gives the right bytes: its own cipher, else WebAssembly, else JavaScript. */
export function payloadEngine(_workers?: number): Promise<PayloadEngine> {
  chosen ??= chooseEngine([() => Promise.resolve(webCryptoEngine), wasmEngine]);
  return chosen;
}

/** The first of the candidates that loads and passes the known answer, else JavaScript. */
export async function chooseEngine(candidates: readonly (() => Promise<PayloadEngine>)[]): Promise<PayloadEngine> {
  for (const load of candidates) {
    const engine = await load().catch(() => null);
    if (engine !== null && (await isRight(engine))) return engine;
  }
  return javascriptEngine;
}

/**
 * Two chunks, the second short and last, both ways, and a damaged one refused.
 * Why: a browser may know the name and read the parameters differently, or its WebAssembly may be wrong; a document that only this
 * browser can open would be lost.
 */
async function isRight(engine: PayloadEngine): Promise<boolean> {
  const key = new Uint8Array(32).map((_, i) => 7 * i + 1);
  const plain = new Uint8Array(chunkLength + 100).map((_, i) => (i * 31) >> 3);
  const chunks = [plain.subarray(0, chunkLength), plain.subarray(chunkLength)];
  const expected = concatBytes(...chunks.map((chunk, i) => sealChunk(key, chunkNonce(5 + i, i === 1), chunk)));
  const run = { key, first: 5, isLast: true };
  try {
    const sealed = await engine.cipher({ ...run, direction: "seal", bytes: plain.slice() });
    const opened = await engine.cipher({ ...run, direction: "open", bytes: expected.slice() });
    const damaged = expected.slice();
    damaged[70] = (damaged[70] ?? 0) ^ 1;
    const isRefused = await engine.cipher({ ...run, direction: "open", bytes: damaged }).then(
      () => false,
      () => true,
    );
    return equalBytes(concatBytes(...sealed), expected) && equalBytes(concatBytes(...opened), plain) && isRefused;
  } catch {
    return false;
  }
}

/** Browsers have none that is fast and can be fed in parts. */
export const newSha256: (() => Sha256) | null = null;
