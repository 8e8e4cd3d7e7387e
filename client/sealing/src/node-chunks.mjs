// Plain JavaScript, its types in node-chunks.d.mts, because worker threads run it: one that must strip TypeScript first costs 25 ms and
// 16 MB more. For the same reason it imports nothing but Node itself.
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { readSync, writeSync } from "node:fs";

/** Source: C2SP age, Payload: STREAM chunks of 64 KiB, each with a tag. Compared with `formats` in a test. */
const plainChunk = 65_536;
const tagLength = 16;
const sealedChunk = plainChunk + tagLength;
const algorithm = "chacha20-poly1305";
const options = { authTagLength: tagLength };

/** Chunks that threads read, cipher and write at once. Why no more: input and output together stay in a core's own cache. */
const batchChunks = 4;

/**
 * Ciphers a run of whole chunks, each when it is asked for. Gives fresh buffers to be written in order. Throws Error("not-authentic").
 * Why one by one: whoever frees the one before lets OpenSSL write the next into the same memory, which is still in the processor's cache.
 */
export function* cipherChunks(run, input) {
  const unit = run.direction === "seal" ? plainChunk : sealedChunk;
  const count = Math.max(1, Math.ceil(input.length / unit));
  const nonce = new Uint8Array(12);
  const counter = new DataView(nonce.buffer);
  for (let i = 0; i < count; i++) {
    counter.setBigUint64(3, BigInt(run.first + i));
    nonce[11] = run.isLast && i === count - 1 ? 1 : 0;
    const chunk = input.subarray(i * unit, (i + 1) * unit);
    if (run.direction === "seal") yield* sealChunk(run.key, nonce, chunk);
    else yield openChunk(run.key, nonce, chunk);
  }
}

/** Ciphers a run of whole chunks into memory that has room for it. Returns the part of it that was written. Throws as cipherChunks does. */
export function cipherInto(run, input, output) {
  let length = 0;
  for (const part of cipherChunks(run, input)) {
    output.set(part, length);
    length += part.length;
    // Why by hand: each chunk is fresh memory outside of V8's heap, which V8 frees only after 32 MB of it, in every thread; by then none of
    // it is in the processor's cache. Why not the tags: small ones may be cut from memory that Node shares out.
    if (part.length === part.buffer.byteLength && part.length > tagLength) part.buffer.transfer(0);
  }
  return output.subarray(0, length);
}

function sealChunk(key, nonce, chunk) {
  const cipher = createCipheriv(algorithm, key, nonce, options);
  const body = cipher.update(chunk);
  cipher.final();
  return [body, cipher.getAuthTag()];
}

function openChunk(key, nonce, chunk) {
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
  return body;
}

const notAuthentic = () => new Error("not-authentic");

/**
 * Takes batches of a file job until there are none left, another thread failed, or it was told to stop. Gives the input bytes of each when
 * it is ciphered; what was given is written when the generator ends. Blocks its thread meanwhile.
 * Why a batch may wait while another thread writes: only one at a time can write to a file, and waiting for that would be time lost.
 */
export function* takeBatches(job) {
  const control = new Int32Array(job.control);
  const plan = planBatches(job, batchChunks);
  const key = createSecretKey(job.key);
  const input = new Uint8Array(plan.inputBatch);
  const free = Array.from({ length: batchesHeld }, () => new Uint8Array(plan.outputBatch));
  const held = [];
  const write = () => {
    Atomics.add(control, 2, 1);
    for (const { room, bytes, at } of held.splice(0)) {
      writeFully(job.to, bytes, at);
      free.push(room);
    }
    Atomics.sub(control, 2, 1);
  };
  while (Atomics.load(control, 1) === 0) {
    const batch = Atomics.add(control, 0, 1);
    if (batch >= plan.count) break;
    const bytes = readFully(job.from, input, batch * plan.inputBatch);
    const run = { key, direction: job.direction, first: batch * batchChunks, isLast: batch === plan.count - 1 };
    const room = free.pop();
    held.push({ room, bytes: cipherInto(run, bytes, room), at: batch * plan.outputBatch });
    if (free.length === 0 || Atomics.load(control, 2) === 0) write();
    yield bytes.length;
  }
  write();
}

/** Ciphered batches that a thread holds at most. */
const batchesHeld = 3;

/** How a job falls into batches of so many chunks: their number, and bytes of a full one on either side. */
export function planBatches(job, chunks) {
  const [input, output] = job.direction === "seal" ? [plainChunk, sealedChunk] : [sealedChunk, plainChunk];
  const inputBatch = input * chunks;
  return { count: Math.max(1, Math.ceil(job.from.length / inputBatch)), inputBatch, outputBatch: output * chunks };
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

// Why again and again: a disk that is nearly full, and a signal, cut a write short without an error.
function writeFully(to, bytes, at) {
  for (let written = 0; written < bytes.length;)
    written += writeSync(to.fd, bytes, written, bytes.length - written, to.offset + at + written);
}

/** The life of a worker: does jobs as they come, one after the other. */
export function serveJobs(port) {
  port.on("message", (job) => {
    if (job.kind === "file") answerFileJob(port, job);
    else answerBatchJob(port, job);
  });
}

const reportEvery = 4 * 2 ** 20;

function answerFileJob(port, job) {
  const { id } = job;
  let done = 0;
  const report = (isEnd, error = "") => {
    port.postMessage({ id, error, done, isEnd });
    done = 0;
  };
  try {
    for (const bytes of takeBatches(job)) {
      done += bytes;
      if (done >= reportEvery) report(false);
    }
    report(true);
  } catch (error) {
    Atomics.store(new Int32Array(job.control), 1, 1);
    report(true, messageOf(error));
  }
}

function answerBatchJob(port, { id, key, bytes, ...run }) {
  try {
    const room = new Uint8Array(bytes.length + (run.direction === "seal" ? tagLength * chunksOf(bytes.length) : 0));
    const output = cipherInto({ ...run, key: createSecretKey(key) }, bytes, room);
    const answer = { id, error: "", done: bytes.length, isEnd: true, bytes: output, memory: bytes.buffer };
    port.postMessage(answer, [room.buffer, bytes.buffer]);
  } catch (error) {
    port.postMessage({ id, error: messageOf(error), done: 0, isEnd: true });
  }
}

/** Chunks of so many plain bytes. */
const chunksOf = (length) => Math.max(1, Math.ceil(length / plainChunk));

function messageOf(error) {
  return error instanceof Error ? error.message : "failed";
}
