// Plain JavaScript, its types in node-chunks.d.mts, because worker threads run it: one that must strip TypeScript first costs 25 ms and
// 16 MB more. For the same reason it imports nothing but Node itself.
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { readSync, writevSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Source: C2SP age, Payload: STREAM chunks of 64 KiB, each with a tag. Compared with `formats` in a test. */
const plainChunk = 65_536;
const tagLength = 16;
const sealedChunk = plainChunk + tagLength;
const algorithm = "chacha20-poly1305";
const options = { authTagLength: tagLength };

/** Chunks of a file that are read, ciphered and written at once: half a mebibyte. */
export const batchChunks = 8;

/** How often, in chunks, memory is given back in a thread that has little else alive. */
export const frugal = 2 * batchChunks;

/** Ciphers a run of whole chunks. Returns fresh buffers to be written in order. Throws Error("not-authentic"). */
export function cipherChunks(run, input) {
  const unit = run.direction === "seal" ? plainChunk : sealedChunk;
  const count = Math.max(1, Math.ceil(input.length / unit));
  const nonce = new Uint8Array(12);
  const counter = new DataView(nonce.buffer);
  const output = [];
  for (let i = 0; i < count; i++) {
    counter.setBigUint64(3, BigInt(run.first + i));
    nonce[11] = run.isLast && i === count - 1 ? 1 : 0;
    const chunk = input.subarray(i * unit, (i + 1) * unit);
    if (run.direction === "seal") sealChunk(run.key, nonce, chunk, output);
    else openChunk(run.key, nonce, chunk, output);
    collectSometimes(run.collectEvery);
  }
  return output;
}

function sealChunk(key, nonce, chunk, output) {
  const cipher = createCipheriv(algorithm, key, nonce, options);
  const body = cipher.update(chunk);
  cipher.final();
  output.push(body, cipher.getAuthTag());
}

function openChunk(key, nonce, chunk, output) {
  const end = chunk.length - tagLength;
  // Why: an empty chunk is right only as the whole of an empty stream, and no encryptor writes another one.
  if (end < 0 || (end === 0 && (nonce[11] !== 1 || nonce.subarray(3, 11).some((byte) => byte !== 0))))
    throw notAuthentic();
  const decipher = createDecipheriv(algorithm, key, nonce, options);
  decipher.setAuthTag(chunk.subarray(end));
  const body = decipher.update(chunk.subarray(0, end));
  try {
    decipher.final();
  } catch {
    throw notAuthentic();
  }
  output.push(body);
}

const notAuthentic = () => new Error("not-authentic");

/** Takes batches of a file job until there are none left, another thread failed, or it was told to stop. Blocks its thread. */
export function runFileJob(job, onDone) {
  const control = new Int32Array(job.control);
  const plan = planBatches(job);
  const key = createSecretKey(job.key);
  const input = new Uint8Array(plan.inputBatch);
  while (Atomics.load(control, 1) === 0) {
    const batch = Atomics.add(control, 0, 1);
    if (batch >= plan.count) return;
    const bytes = readFully(job.from, input, batch * plan.inputBatch);
    const run = {
      key,
      direction: job.direction,
      first: batch * batchChunks,
      isLast: batch === plan.count - 1,
      collectEvery: frugal,
    };
    writeFully(job.to, cipherChunks(run, bytes), batch * plan.outputBatch);
    onDone(bytes.length);
  }
}

/** How a job falls into batches: their number, and bytes of a full one on either side. */
export function planBatches(job) {
  const [input, output] = job.direction === "seal" ? [plainChunk, sealedChunk] : [sealedChunk, plainChunk];
  const inputBatch = input * batchChunks;
  return { count: Math.max(1, Math.ceil(job.from.length / inputBatch)), inputBatch, outputBatch: output * batchChunks };
}

function readFully(from, buffer, at) {
  const length = Math.min(buffer.length, from.length - at);
  let held = 0;
  while (held < length) {
    const read = readSync(from.fd, buffer, held, length - held, from.offset + at + held);
    if (read === 0) throw new Error("source-size");
    held += read;
  }
  return buffer.subarray(0, length);
}

function writeFully(to, parts, at) {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  let written = writevSync(to.fd, parts, to.offset + at);
  // Why: a disk that is nearly full, and a signal, cut a write short without an error.
  while (written < total) {
    const rest = Buffer.concat(parts).subarray(written);
    written += writevSync(to.fd, [rest], to.offset + at + written);
  }
}

/**
 * Why by hand: each chunk leaves 64 KiB that the engine frees only after 32 MB of them, in every thread. A young collection takes 0.2 ms.
 * Why in the midst of a batch: with nothing alive at its end the C library would give the memory back, and fault it in again.
 * Why not more often: what lives through two collections counts as old, and is kept much longer.
 */
let chunksSince = 0;
let collect;

function collectSometimes(every = Infinity) {
  if (++chunksSince < every) return;
  chunksSince = 0;
  collect ??= youngCollector();
  collect();
}

function youngCollector() {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("typeof gc === 'function' ? gc : null");
  return typeof gc === "function" ? () => void gc({ type: "minor", execution: "sync" }) : () => undefined;
}

/** The life of a worker: does jobs as they come, one after the other. */
export function serveJobs(port) {
  port.on("message", (job) => {
    if (job.kind === "file") answerFileJob(port, job);
    else answerBatchJob(port, job);
  });
}

const reportEvery = 8 * batchChunks * plainChunk;

function answerFileJob(port, job) {
  const { id } = job;
  let done = 0;
  const report = (isEnd, error = "") => {
    port.postMessage({ id, error, done, isEnd });
    done = 0;
  };
  try {
    runFileJob(job, (bytes) => {
      done += bytes;
      if (done >= reportEvery) report(false);
    });
    report(true);
  } catch (error) {
    Atomics.store(new Int32Array(job.control), 1, 1);
    report(true, messageOf(error));
  }
}

function answerBatchJob(port, { id, key, bytes, ...run }) {
  try {
    const joined = joinParts(cipherChunks({ ...run, key: createSecretKey(key), collectEvery: frugal }, bytes));
    const answer = { id, error: "", done: bytes.length, isEnd: true, bytes: joined, memory: bytes.buffer };
    port.postMessage(answer, [joined.buffer, bytes.buffer]);
  } catch (error) {
    port.postMessage({ id, error: messageOf(error), done: 0, isEnd: true });
  }
}

function joinParts(parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function messageOf(error) {
  return error instanceof Error ? error.message : "failed";
}
