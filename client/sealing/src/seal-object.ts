import { type Bytes, copyBytes } from "@afterkeep/bytes";
import { ctx, hkdf } from "@afterkeep/crypto";
import { chunkLength, fkCommit, type ManifestEntry, metaHash, payloadKey, sealedChunkLength } from "@afterkeep/formats";
import { encodeLeafList, objectLayout, payloadRoot } from "@afterkeep/merkle";
import { type ByteSource, ownsItsParts, readParts } from "./bytes-source.ts";
import { SourceSizeError } from "./errors.ts";
import { batchChunks, type PayloadEngine } from "./payload-engine.ts";
import { cipherStream } from "./payload-stream.ts";
import type { SealingPlan } from "./sealing-plan.ts";
import { newSliceDigester } from "./slice-digest.ts";
import { payloadEngine } from "#engine";

export type SealOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Worker threads in Node, none by default: each costs 30 MB and more. In browsers cipherInWorkers decides. */
  readonly workers?: number | undefined;
  /** Plaintext bytes sealed so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

/** An object that appears while it is read, in constant memory. */
export type SealedObject = {
  /** payload ‖ leaf list ‖ sealed thumbnail ‖ padding. Throws SourceSizeError if the source is not of the planned size. */
  readonly object: AsyncGenerator<Bytes, void, undefined>;
  /** What the manifest must say about it. Throws until `object` was read to its end. */
  entry(): ManifestEntry;
};

/** Seals a source as planned. The same plan and the same source give the same bytes again, padding included. */
export function sealObject(plan: SealingPlan, source: ByteSource, options: SealOptions = {}): SealedObject {
  let finished: ManifestEntry | null = null;
  const object = writeObject(plan, source, options, (payloadRoot) => {
    finished = entryOf(plan, payloadRoot);
  });
  return {
    object,
    entry() {
      if (finished === null) throw new SourceSizeError();
      return finished;
    },
  };
}

function entryOf(plan: SealingPlan, payloadRoot: Uint8Array): ManifestEntry {
  const { docId, verId, payloadLen } = plan;
  return {
    docId,
    verId,
    payloadLen,
    payloadRoot: copyBytes(payloadRoot),
    fkCommit: fkCommit(plan.fileKey, docId, verId),
    metaHash: metaHash(plan.metadata),
  };
}

async function* writeObject(
  plan: SealingPlan,
  source: ByteSource,
  options: SealOptions,
  onRoot: (payloadRoot: Uint8Array) => void,
): AsyncGenerator<Bytes, void, undefined> {
  const engine = await payloadEngine(options.workers);
  const digester = newSliceDigester();
  for await (const part of encryptPayload(plan, source, options, engine)) {
    await digester.push(part);
    yield part;
  }
  const leaves = await digester.finish();
  yield encodeLeafList(leaves);
  if (plan.thumbnail.length > 0) yield copyBytes(plan.thumbnail);
  yield* padding(plan, options.signal, engine);
  onRoot(payloadRoot(leaves, plan.payloadLen));
}

async function* encryptPayload(
  plan: SealingPlan,
  source: ByteSource,
  { signal, onProgress }: SealOptions,
  engine: PayloadEngine,
): AsyncGenerator<Bytes, void, undefined> {
  yield copyBytes(plan.nonce);
  const key = payloadKey(plan.fileKey, plan.nonce);
  yield* cipherStream(exactly(plan.size, source), {
    direction: "seal",
    key,
    engine,
    signal,
    onProgress,
    isOwned: ownsItsParts(source),
  });
}

/** The source, or SourceSizeError as soon as it is longer than planned, or at its end if it is shorter. */
async function* exactly(size: number, source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  let read = 0;
  for await (const part of readParts(source)) {
    read += part.length;
    // Why before sealing more: a file that grows while it is read would be cut or overflow the planned length.
    if (read > size) throw new SourceSizeError();
    yield part;
  }
  if (read !== size) throw new SourceSizeError();
}

/**
 * The first `paddingLen` bytes of STREAM over zeros, none of its chunks marked last, under KDF(FK, nonce, ctx("padding"), 32).
 * Why not plain random bytes: an interrupted upload is sealed again, and its parts must come out the same.
 */
async function* padding(
  plan: SealingPlan,
  signal: AbortSignal | undefined,
  engine: PayloadEngine,
): AsyncGenerator<Bytes, void, undefined> {
  const key = hkdf(plan.fileKey, plan.nonce, ctx("padding"), 32);
  let left = objectLayout(plan.payloadLen, plan.thumbnail.length).paddingLen;
  for (let first = 0; left > 0; first += batchChunks) {
    signal?.throwIfAborted();
    const chunks = Math.min(batchChunks, Math.ceil(left / sealedChunkLength));
    const zeros = { bytes: new Uint8Array(chunks * chunkLength), giveBack: () => undefined };
    for (const part of await engine.cipher({ direction: "seal", key, first, isLast: false, ...zeros })) {
      // Why counted before: whoever takes it may free its memory.
      const taken = part.subarray(0, left);
      left -= taken.length;
      if (taken.length > 0) yield taken;
    }
  }
}
