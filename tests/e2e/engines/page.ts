// Runs in the browser: every engine that it has against the vectors, and what it would choose.
import {
  browserEngine,
  chooseEngine,
  CipherPool,
  engineOfChunks,
  javascriptChunks,
  type PayloadEngine,
  wasmChunks,
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
  readonly without: { readonly wasm: string; readonly any: string };
  /** Whether workers start from the product's own script, and from one that is not there. */
  readonly workers: { readonly own: boolean; readonly missing: boolean };
  readonly verdicts: Readonly<Record<string, Verdict>>;
};

const startWorker = (script: string) => () => new Worker(script, { type: "module" });

/** Everything in a worker, small or large. */
async function inWorker(name: "webcrypto" | "wasm"): Promise<PayloadEngine> {
  const pool = new CipherPool(startWorker("/cipher-worker.js"), 1);
  await pool.warm(name);
  const { least } = pool;
  if (least === null) throw new Error("no worker");
  return { name, lanes: 2, cipher: (batch) => least.cipher(name, batch) };
}

async function hasWorkers(script: string): Promise<boolean> {
  const pool = new CipherPool(startWorker(script), 1);
  await pool.warm("wasm");
  return pool.least !== null;
}

async function judgeAll(): Promise<PageReport> {
  const vectors: Vectors = await (await fetch("/vectors.json")).json();
  const age = await startAge(vectors.age);
  const engines = [webCryptoEngine, await wasmEngine(), engineOfChunks("javascript", 1, javascriptChunks)];
  const ciphers = { webcrypto: webCryptoChunks, wasm: await wasmChunks(), javascript: javascriptChunks };
  const verdicts: Record<string, Verdict> = {
    "aead wrapper": await judgeAead(vectors.aead),
    hkdf: await judgeHkdf(vectors.hkdf),
  };
  for (const engine of engines) verdicts[`age ${engine.name}`] = await judgeAge(engine, age);
  for (const name of ["webcrypto", "wasm"] as const)
    verdicts[`age ${name} in a worker`] = await judgeAge(await inWorker(name), age);
  for (const [name, cipher] of Object.entries(ciphers))
    verdicts[`aead ${name}`] = await judgeChunkAead(cipher, vectors.aead);
  return {
    chosen: (await browserEngine()).name,
    without: {
      wasm: (await chooseEngine([() => Promise.resolve(webCryptoEngine)])).name,
      any: (await chooseEngine([])).name,
    },
    workers: { own: await hasWorkers("/cipher-worker.js"), missing: await hasWorkers("/no-such-worker.js") },
    verdicts,
  };
}

Reflect.set(globalThis, "report", judgeAll());
