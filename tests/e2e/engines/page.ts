// Runs in the browser: every engine that it has against the vectors, what it would choose, and large streams through workers.
import { concatBytes, equalBytes } from "@afterkeep/bytes";
import { chunkLength, sealChunk, StreamEncryptor } from "@afterkeep/formats";
import {
  browserEngine,
  chooseEngine,
  cipherInWorkers,
  CipherPool,
  cipherStream,
  engineOfChunks,
  javascriptChunks,
  type PayloadEngine,
  pooledEngine,
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
  /** Whether this browser has the cipher itself, asked without any code of ours: some releases of Chromium have, others have not. */
  readonly isNative: boolean;
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

async function hasNativeCipher(): Promise<boolean> {
  const { subtle } = crypto;
  const asked = Reflect.apply(subtle.importKey, subtle, [
    "raw-secret",
    new Uint8Array(32),
    "ChaCha20-Poly1305",
    false,
    ["encrypt"],
  ]);
  return asked.then(
    () => true,
    () => false,
  );
}

async function hasWorkers(script: string): Promise<boolean> {
  const pool = new CipherPool(startWorker(script), 1);
  await pool.warm("wasm");
  return pool.least !== null;
}

async function judgeAll(): Promise<PageReport> {
  const vectors: Vectors = await (await fetch("/vectors.json")).json();
  const age = await startAge(vectors.age);
  const isNative = await hasNativeCipher();
  const own = [await wasmEngine(), engineOfChunks("javascript", 1, javascriptChunks)];
  const engines = isNative ? [webCryptoEngine, ...own] : own;
  const ciphers = {
    ...(isNative ? { webcrypto: webCryptoChunks } : {}),
    wasm: await wasmChunks(),
    javascript: javascriptChunks,
  };
  const verdicts: Record<string, Verdict> = {
    "aead wrapper": await judgeAead(vectors.aead),
    hkdf: await judgeHkdf(vectors.hkdf),
  };
  for (const engine of engines) verdicts[`age ${engine.name}`] = await judgeAge(engine, age);
  for (const name of isNative ? (["webcrypto", "wasm"] as const) : (["wasm"] as const))
    verdicts[`age ${name} in a worker`] = await judgeAge(await inWorker(name), age);
  for (const [name, cipher] of Object.entries(ciphers))
    verdicts[`aead ${name}`] = await judgeChunkAead(cipher, vectors.aead);
  return {
    isNative,
    chosen: (await browserEngine()).name,
    without: {
      wasm: (await chooseEngine([() => Promise.resolve(webCryptoEngine)])).name,
      any: (await chooseEngine([])).name,
    },
    workers: { own: await hasWorkers("/cipher-worker.js"), missing: await hasWorkers("/no-such-worker.js") },
    verdicts,
  };
}

const key = crypto.getRandomValues(new Uint8Array(32));
const content = new Uint8Array(160 * chunkLength + 33).map((_, i) => (i * 31) >> 5);

async function run(engine: PayloadEngine, direction: "seal" | "open", bytes: Uint8Array<ArrayBuffer>) {
  const parts = [];
  for await (const part of cipherStream(new Blob([bytes]).stream(), { direction, key, engine })) parts.push(part);
  return concatBytes(...parts);
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "succeeded",
    (error: unknown) => String(error),
  );

/**
 * Ends the pool's workers as a browser does that lacks memory: nothing tells of it but that they stay silent. Why not once: on a busy machine they may have
 * answered all that they were asked before they meet their end.
 */
function killing(engine: PayloadEngine, workers: readonly Worker[], beat: () => void): PayloadEngine {
  let calls = 0;
  const cipher: PayloadEngine["cipher"] = (batch) => {
    const working = engine.cipher(batch);
    if (++calls < 3) return working;
    for (const worker of workers) worker.terminate();
    for (let i = 0; i < 7; i++) beat();
    return working;
  };
  return { ...engine, cipher };
}

export type WorkersReport = Readonly<Record<"isRight" | "damaged" | "killed" | "isRightAfter", string | boolean>>;

/** Ten mebibytes through workers that live, and through ones that are killed in the midst. */
async function tryWorkers(): Promise<WorkersReport> {
  const encryptor = new StreamEncryptor(key, sealChunk);
  const sealed = concatBytes(...encryptor.push(content), encryptor.finish());
  const isRight = async (engine: PayloadEngine) =>
    equalBytes(await run(engine, "seal", content), sealed) && equalBytes(await run(engine, "open", sealed), content);
  const changed = sealed.slice();
  changed[7_000_000] = (changed[7_000_000] ?? 0) ^ 1;
  cipherInWorkers(startWorker("/cipher-worker.js"));
  const own = await browserEngine();

  const workers: Worker[] = [];
  const beats: (() => void)[] = [];
  const keep = (worker: Worker) => (workers.push(worker), worker);
  const pool = new CipherPool(
    () => keep(startWorker("/cipher-worker.js")()),
    2,
    (_, act) => (beats.push(act), () => undefined),
  );
  await pool.warm("wasm");
  const engine = pooledEngine(await wasmEngine(), "wasm", pool);
  const beat = () => beats.forEach((act) => act());
  return {
    isRight: await isRight(own),
    damaged: await failureOf(run(own, "open", changed)),
    killed: await failureOf(run(killing(engine, workers, beat), "seal", content)),
    isRightAfter: (await isRight(engine)) && workers.length >= 4,
  };
}

Object.assign(globalThis, { judgeAll, tryWorkers });
