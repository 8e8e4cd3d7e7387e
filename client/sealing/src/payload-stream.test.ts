import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { concatBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { chunkLength, sealChunk, sealedChunkLength, StreamEncryptor } from "@afterkeep/formats";
import { afterAll, describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { javascriptChunks } from "./engine-browser.ts";
import { wasmEngine } from "./engine-wasm.ts";
import { payloadEngine } from "./engine-node.ts";
import { SourceSizeError } from "./errors.ts";
import { batchChunks, engineOfChunks, type PayloadEngine } from "./payload-engine.ts";
import { cipherStream } from "./payload-stream.ts";
import { endWorkers, payloadWorkers } from "./payload-workers.ts";
import { sealObject } from "./seal-object.ts";
import { aPlan, inParts, someBytes } from "./testing/a-sealed-document.ts";

const key = someBytes(32);
const batch = batchChunks * chunkLength;

/** The engine's own collector of garbage. */
function youngAndOld(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new TypeError("no collector");
  return () => void collect();
}

const run = (engine: PayloadEngine, direction: "seal" | "open", content: Uint8Array, parts = 100_003) =>
  collectBytes(cipherStream(inParts(content, parts), { direction, key, engine }));

function streamOfParts(parts: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const left = parts[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = left.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
}

function sealedByFormats(content: Uint8Array): Uint8Array {
  const encryptor = new StreamEncryptor(key, sealChunk);
  return concatBytes(...encryptor.push(content), encryptor.finish());
}

afterAll(endWorkers);

describe.each([
  ["node", () => payloadEngine(0)],
  ["workers", () => payloadEngine(2)],
  ["wasm", wasmEngine],
])("a payload in the %s engine", (_name, load) => {
  it("has the same bytes as the format's, at every border, and opens again", async () => {
    const engine = await load();
    for (const length of [0, 1, chunkLength, chunkLength + 1, batch - 1, batch, batch + 1, 2 * batch + chunkLength]) {
      const content = someBytes(length);
      const sealed = await run(engine, "seal", content);
      expect(Buffer.compare(sealed, sealedByFormats(content))).toBe(0);
      expect(Buffer.compare(await run(engine, "open", sealed, 70_001), content)).toBe(0);
    }
  });

  it("takes the memory of a stream's whole parts, and only looks at parts of more", async () => {
    const engine = await load();
    const content = someBytes(4 * batch);
    const whole = content.slice(0, batch);
    const shared = content.slice(batch);
    const parts = [whole, shared.subarray(0, batch), shared.subarray(batch)];
    const sealed = await collectBytes(cipherStream(streamOfParts(parts), { direction: "seal", key, engine }));
    expect(Buffer.compare(sealed, sealedByFormats(content))).toBe(0);
    expect(whole.length).toBe(0);
    expect(Buffer.compare(shared, content.subarray(batch))).toBe(0);
  });

  it("that was cut, continued, reordered, repeated or changed does not open", async () => {
    const engine = await load();
    const sealed = await run(engine, "seal", someBytes(2 * batch));
    const chunk = (i: number) => sealed.subarray(i * sealedChunkLength, (i + 1) * sealedChunkLength);
    const changed = new Uint8Array(sealed);
    changed[batch + 5] = (changed[batch + 5] ?? 0) ^ 1;
    const emptyEnd = await run(engine, "seal", new Uint8Array(0));
    for (const wrong of [
      new Uint8Array(0),
      sealed.subarray(0, 15),
      sealed.subarray(0, -1),
      sealed.subarray(0, -sealedChunkLength),
      sealed.subarray(0, batchChunks * sealedChunkLength),
      sealed.subarray(sealedChunkLength),
      concatBytes(sealed, chunk(0)),
      concatBytes(sealed, emptyEnd),
      concatBytes(chunk(1), chunk(0), sealed.subarray(2 * sealedChunkLength)),
      concatBytes(
        sealed.subarray(batchChunks * sealedChunkLength),
        sealed.subarray(0, batchChunks * sealedChunkLength),
      ),
      changed,
    ]) {
      await expect(run(engine, "open", wrong)).rejects.toThrow(DecryptionError);
    }
  });
});

describe("a payload stream", () => {
  it("is too short, never wrong, where its source gave the same memory twice", async () => {
    const part = someBytes(batch);
    const sealed = sealObject(await aPlan(2 * batch), streamOfParts([part, part]));
    await expect(collectBytes(sealed.object)).rejects.toThrow(SourceSizeError);
  });

  it("keeps little of the memory that its source gave away, however long it is", async () => {
    const collectGarbage = youngAndOld();
    const given: WeakRef<ArrayBufferLike>[] = [];
    const engine: PayloadEngine = {
      name: "node",
      lanes: 2,
      cipher: async ({ bytes, giveBack }) => {
        given.push(new WeakRef(bytes.buffer));
        giveBack?.(new Uint8Array(bytes.buffer));
        return [new Uint8Array(1)];
      },
    };
    function* parts() {
      for (let i = 0; i < 20; i++) yield new Uint8Array(batch);
    }
    const stream = cipherStream(streamOfParts(parts()), { direction: "seal", key, engine });
    for (let i = 0; i < 12; i++) await stream.next();
    // A turn of its own: until its end, a looked-at WeakRef keeps what it names.
    await new Promise(setImmediate);
    collectGarbage();
    expect(given.length).toBeGreaterThan(12);
    expect(given.filter((one) => one.deref() !== undefined).length).toBeLessThan(8);
    await stream.return();
  });

  it("refuses an empty last chunk behind full ones, even one that was encrypted as such", async () => {
    const encryptor = new StreamEncryptor(key, (k, nonce, chunk) => {
      nonce[11] = 0;
      return sealChunk(k, nonce, chunk);
    });
    const full = [...encryptor.push(someBytes(chunkLength)), encryptor.finish()];
    const nonce = new Uint8Array(12);
    [nonce[10], nonce[11]] = [1, 1];
    const withEmptyEnd = concatBytes(...full, sealChunk(key, nonce, new Uint8Array(0)));
    for (const engine of [
      await payloadEngine(0),
      await payloadEngine(1),
      engineOfChunks("javascript", 1, javascriptChunks),
    ]) {
      await expect(run(engine, "open", withEmptyEnd)).rejects.toThrow(DecryptionError);
    }
  });

  it("ends when it is told to, with its source released and nothing left in work", async () => {
    let [isReleased, working] = [false, 0];
    async function* endless() {
      try {
        for (;;) yield someBytes(chunkLength);
      } finally {
        isReleased = true;
      }
    }
    const inner = await payloadEngine(2);
    const engine: PayloadEngine = {
      ...inner,
      cipher: async (one) => {
        working++;
        return inner.cipher(one).finally(() => working--);
      },
    };
    const controller = new AbortController();
    const stream = cipherStream(endless(), { direction: "seal", key, engine, signal: controller.signal });
    await stream.next();
    controller.abort();
    await expect(collectBytes(stream)).rejects.toThrow("aborted");
    expect([isReleased, working]).toEqual([true, 0]);
  });
});

describe("worker threads", () => {
  it("that die make the stream fail, never leave a gap, and are replaced for the next", async () => {
    const inner = await payloadEngine(2);
    const content = someBytes(2 * batch);
    // Without an end: how many batches a busy machine lets through before a worker hears of its end is not ours to say.
    async function* endless() {
      for (;;) yield content;
    }
    let calls = 0;
    const dying: PayloadEngine = {
      ...inner,
      cipher: (one) => {
        const working = inner.cipher(one);
        // Why not once: a worker may have done its work before it hears of its end.
        if (++calls >= 3) void endWorkers();
        return working;
      },
    };
    const stream = cipherStream(endless(), { direction: "seal", key, engine: dying });
    const encryptor = new StreamEncryptor(key, sealChunk);
    const [given, sealed]: [Uint8Array[], Uint8Array[]] = [[], []];
    const all = (async () => {
      for await (const part of stream) given.push(part);
    })();
    await expect(all).rejects.toThrow("ended early");
    const out = concatBytes(...given);
    for (let i = 0; i < calls; i++) sealed.push(...encryptor.push(content));
    expect(out.length).toBeLessThan(calls * batchChunks * sealedChunkLength);
    expect(Buffer.compare(out, concatBytes(...sealed).subarray(0, out.length))).toBe(0);
    expect(Buffer.compare(await run(inner, "seal", content), sealedByFormats(content))).toBe(0);
  });

  it("are shared, and leave the process free to end", async () => {
    expect(payloadWorkers(2)).toEqual(payloadWorkers(2));
    expect(payloadWorkers(2).map(({ load }) => load)).toEqual([0, 0]);
  });
});
