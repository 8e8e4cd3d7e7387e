import { afterAll, describe, expect, it } from "vitest";
import { javascriptChunks } from "./engine-browser.ts";
import { payloadEngine } from "./engine-node.ts";
import { webCryptoChunks, webCryptoEngine } from "./engine-webcrypto.ts";
import { engineOfChunks } from "./payload-engine.ts";
import { endWorkers } from "./payload-workers.ts";
import { readVectors } from "./testing/read-vectors.ts";
import { judgeAead, judgeAge, judgeChunkAead, judgeHkdf, startAge } from "./testing/vector-suite.ts";
import { wasmChunks, wasmEngine } from "./engine-wasm.ts";

const vectors = readVectors();
const age = await startAge(vectors.age);

afterAll(endWorkers);

describe("vectors that others agreed on", () => {
  it.each([
    ["node", () => payloadEngine(0)],
    ["workers", () => payloadEngine(2)],
    ["wasm", wasmEngine],
    ["webcrypto", async () => webCryptoEngine],
    ["javascript", async () => engineOfChunks("javascript", 1, javascriptChunks)],
  ])("of age: all 143 end as they must in the %s engine", async (name, load) => {
    const engine = await load();
    expect(engine.name).toBe(name);
    expect(await judgeAge(engine, age)).toEqual({ tried: 143, wrong: [] });
  });

  it("of Wycheproof for ChaCha20-Poly1305: all 325 by the wrapper, and the 45 that a chunk can be by each chunk cipher", async () => {
    expect(await judgeAead(vectors.aead)).toEqual({ tried: 325, wrong: [] });
    for (const cipher of [await wasmChunks(), webCryptoChunks, javascriptChunks]) {
      expect(await judgeChunkAead(cipher, vectors.aead)).toEqual({ tried: 45, wrong: [] });
    }
  });

  it("of Wycheproof for HKDF", async () => {
    const verdict = await judgeHkdf(vectors.hkdf);
    expect(verdict.wrong).toEqual([]);
    expect(verdict.tried).toBeGreaterThan(80);
  });
});
