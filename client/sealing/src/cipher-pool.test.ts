import { concatBytes } from "@afterkeep/bytes";
import { DecryptionError, sha256 } from "@afterkeep/crypto";
import { chunkLength, sealChunk, StreamEncryptor } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { CipherPool, type CipherWorkerLike, type Every, pooledEngine } from "./cipher-pool.ts";
import { serveCipher, type WorkerAnswer, type WorkerJob, type WorkerPort } from "./cipher-worker.ts";
import { wasmEngine } from "./engine-wasm.ts";
import type { PayloadEngine } from "./payload-engine.ts";
import { cipherStream } from "./payload-stream.ts";
import { inParts, someBytes } from "./testing/a-sealed-document.ts";

const key = someBytes(32);
const mebibyte = 2 ** 20;
const content = someBytes(5 * mebibyte + 77);

/** The worker's own code at the other end of messages that move memory as a browser's do. */
class AWorker extends EventTarget implements CipherWorkerLike {
  jobs = 0;
  isTerminated = false;
  readonly #onJob: (job: WorkerJob) => void;
  #serve: ((event: MessageEvent<WorkerJob>) => void) | null = null;

  constructor(
    answers: (answer: WorkerAnswer) => WorkerAnswer | null = (answer) => answer,
    onJob: (job: WorkerJob) => void = () => undefined,
  ) {
    super();
    this.#onJob = onJob;
    const port: WorkerPort = {
      postMessage: (message, { transfer }) => {
        const answer = answers(message);
        if (answer === null || this.isTerminated) return;
        const data: unknown = structuredClone(answer, { transfer });
        setImmediate(() => this.dispatchEvent(new MessageEvent("message", { data })));
      },
      addEventListener: (_, listener) => (this.#serve = listener),
    };
    serveCipher(port);
  }

  postMessage(message: WorkerJob, transfer: ArrayBuffer[]): void {
    this.jobs++;
    const data = structuredClone(message, { transfer });
    this.#onJob(data);
    setImmediate(() => this.isTerminated || this.#serve?.(new MessageEvent("message", { data })));
  }

  terminate(): void {
    this.isTerminated = true;
  }

  breakDown(): void {
    this.dispatchEvent(new Event("error", { cancelable: true }));
  }
}

/** Time that passes on command. */
function aBeat() {
  const acts = new Set<() => void>();
  const every: Every = (_, act) => {
    acts.add(act);
    return () => void acts.delete(act);
  };
  return { every, acts, pass: (beats: number) => Array.from({ length: beats }, () => [...acts].map((act) => act())) };
}

async function aPool(start: () => AWorker = () => new AWorker(), count = 2) {
  const workers: AWorker[] = [];
  const beat = aBeat();
  const pool = new CipherPool(() => workers[workers.push(start()) - 1] ?? start(), count, beat.every);
  const local = { batches: 0 };
  const wasm = await wasmEngine();
  const counted: PayloadEngine = { ...wasm, cipher: (batch) => (local.batches++, wasm.cipher(batch)) };
  return { pool, workers, beat, local, engine: pooledEngine(counted, "wasm", pool) };
}

const run = (engine: PayloadEngine, direction: "seal" | "open", bytes: Uint8Array, signal?: AbortSignal) =>
  collectBytes(cipherStream(inParts(bytes, 300_007), { direction, key, engine, signal }));

function sealedByFormats(bytes: Uint8Array): Uint8Array {
  const encryptor = new StreamEncryptor(key, sealChunk);
  return concatBytes(...encryptor.push(bytes), encryptor.finish());
}

describe("a pool of cipher workers", () => {
  it("gives the format's bytes both ways, and does the large batches", async () => {
    const { pool, engine, workers, local } = await aPool();
    await pool.warm("wasm");
    const proved = workers.map(({ jobs }) => jobs);
    const sealed = await run(engine, "seal", content);
    expect(Buffer.compare(sealed, sealedByFormats(content))).toBe(0);
    expect(Buffer.compare(await run(engine, "open", sealed), content)).toBe(0);
    expect(workers.map(({ jobs }, i) => jobs > (proved[i] ?? 0))).toEqual([true, true]);
    // The last batch of each way is a few bytes.
    expect(local.batches).toBe(2);
  });

  it("is started by what is large, which goes on in the page meanwhile, and never by what is small", async () => {
    const { engine, workers, local } = await aPool();
    await run(engine, "seal", content.subarray(0, mebibyte));
    expect(workers).toHaveLength(0);
    expect(Buffer.compare(await run(engine, "seal", content), sealedByFormats(content))).toBe(0);
    expect(workers).toHaveLength(2);
    expect(local.batches).toBeGreaterThan(2);
  });

  it("refuses a damaged batch as such", async () => {
    const { pool, engine } = await aPool();
    await pool.warm("wasm");
    const sealed = sealedByFormats(content);
    sealed[3 * mebibyte] = (sealed[3 * mebibyte] ?? 0) ^ 1;
    await expect(run(engine, "open", sealed)).rejects.toThrow(DecryptionError);
  });

  it("hashes as well, and gives the memory back with what is in it", async () => {
    const { pool } = await aPool();
    await pool.warm("wasm");
    const room = content.slice(0, 1000);
    const answer = await pool.least?.digest(room.subarray(0, 900));
    expect(room.length).toBe(0);
    expect(answer?.hash).toEqual(sha256(content.subarray(0, 900)));
    expect(answer?.memory).toEqual(content.subarray(0, 1000));
  });

  it("is told the key and nothing that lies beside it", async () => {
    const seen: WorkerJob[] = [];
    const { pool, engine } = await aPool(() => new AWorker(undefined, (job) => void seen.push(job)));
    await pool.warm("wasm");
    const keys = someBytes(1000);
    const bytes = someBytes(4 * chunkLength);
    await engine.cipher({ direction: "seal", key: keys.subarray(100, 132), first: 0, isLast: false, bytes });
    const told = seen.at(-1);
    expect(told?.kind === "cipher" ? told.batch.key.buffer.byteLength : 0).toBe(32);
  });

  it("copies memory that is only lent", async () => {
    const { pool, engine } = await aPool();
    await pool.warm("wasm");
    const bytes = someBytes(4 * chunkLength);
    const before = new Uint8Array(bytes);
    await engine.cipher({ direction: "seal", key, first: 0, isLast: false, bytes });
    expect(Buffer.compare(bytes, before)).toBe(0);
  });

  it.each([
    [
      "cannot be started",
      (): AWorker => {
        throw new TypeError("blocked by the policy");
      },
    ],
    [
      "answers wrongly",
      () => new AWorker((answer) => ({ ...answer, parts: { buffers: [], places: new Uint32Array() } })),
    ],
    ["lets everything pass", () => new AWorker((answer) => ({ ...answer, error: "" }))],
    [
      "breaks",
      () => {
        const worker = new AWorker();
        setImmediate(() => worker.breakDown());
        return worker;
      },
    ],
  ] as const)("does without a worker that %s", async (_, start) => {
    const { pool, engine, workers } = await aPool(start);
    await pool.warm("wasm");
    expect(pool.least).toBeNull();
    expect(workers.every(({ isTerminated }) => isTerminated)).toBe(true);
    expect(Buffer.compare(await run(engine, "seal", content), sealedByFormats(content))).toBe(0);
    const started = workers.length;
    await pool.warm("wasm");
    expect(workers).toHaveLength(started);
  });

  it("rejects what a worker had that dies, rather than wait or give out less, and starts another", async () => {
    const { pool, engine, workers } = await aPool();
    await pool.warm("wasm");
    const sealing = run(engine, "seal", content);
    setTimeout(() => workers.forEach((worker) => worker.breakDown()), 0);
    await expect(sealing).rejects.toThrow("ended early");
    expect(pool.least).toBeNull();
    expect(Buffer.compare(await run(engine, "seal", content), sealedByFormats(content))).toBe(0);
    await pool.warm("wasm");
    expect(Buffer.compare(await run(engine, "seal", content), sealedByFormats(content))).toBe(0);
    expect(workers.length).toBeGreaterThan(2);
  });

  it("ends a worker of which nothing is heard, and one that has had nothing to do for long", async () => {
    let isMute = false;
    const { pool, engine, beat, workers } = await aPool(() => new AWorker((answer) => (isMute ? null : answer)));
    await pool.warm("wasm");
    isMute = true;
    const sealing = run(engine, "seal", content);
    sealing.catch(() => undefined);
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    beat.pass(7);
    await expect(sealing).rejects.toThrow("ended early");
    isMute = false;
    await pool.warm("wasm");
    expect(pool.least).not.toBeNull();
    beat.pass(7);
    expect([pool.least, beat.acts.size]).toEqual([null, 0]);
    expect(workers.every(({ isTerminated }) => isTerminated)).toBe(true);
  });

  it("stops when its stream is stopped", async () => {
    const { pool, engine, workers } = await aPool();
    await pool.warm("wasm");
    const stop = new AbortController();
    const before = workers.reduce((sum, { jobs }) => sum + jobs, 0);
    const stream = cipherStream(inParts(someBytes(16 * mebibyte), 300_007), {
      direction: "seal",
      key,
      engine,
      signal: stop.signal,
    });
    await stream.next();
    stop.abort(new Error("stopped"));
    await expect(collectBytes(stream).then(({ length }) => length)).rejects.toThrow("stopped");
    // No more than were on their way.
    expect(workers.reduce((sum, { jobs }) => sum + jobs, 0) - before).toBeLessThanOrEqual(engine.lanes + 2);
  });
});
