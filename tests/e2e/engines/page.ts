// Runs in the browser: every engine that it has against the vectors, and what it would choose.
import {
  browserEngine,
  chooseEngine,
  engineOfChunks,
  javascriptChunks,
  loadWasmCipher,
  wasmEngine,
  webCryptoChunks,
  webCryptoEngine,
} from "@afterkeep/sealing/engines";
import {
  judgeAead,
  judgeAge,
  judgeChunkAead,
  judgeHkdf,
  startAge,
  type Vectors,
  type Verdict,
} from "@afterkeep/sealing/testing/vector-suite";

export type PageReport = {
  readonly chosen: string;
  readonly without: { readonly webcrypto: string; readonly any: string };
  readonly verdicts: Readonly<Record<string, Verdict>>;
};

async function judgeAll(): Promise<PageReport> {
  const vectors: Vectors = await (await fetch("/vectors.json")).json();
  const age = await startAge(vectors.age);
  const engines = [webCryptoEngine, await wasmEngine(), engineOfChunks("javascript", 1, javascriptChunks)];
  const ciphers = { webcrypto: webCryptoChunks, wasm: await loadWasmCipher(), javascript: javascriptChunks };
  const verdicts: Record<string, Verdict> = {
    "aead wrapper": await judgeAead(vectors.aead),
    hkdf: await judgeHkdf(vectors.hkdf),
  };
  for (const engine of engines) verdicts[`age ${engine.name}`] = await judgeAge(engine, age);
  for (const [name, cipher] of Object.entries(ciphers))
    verdicts[`aead ${name}`] = await judgeChunkAead(cipher, vectors.aead);
  return {
    chosen: (await browserEngine()).name,
    without: { webcrypto: (await chooseEngine([wasmEngine])).name, any: (await chooseEngine([])).name },
    verdicts,
  };
}

Reflect.set(globalThis, "report", judgeAll());
