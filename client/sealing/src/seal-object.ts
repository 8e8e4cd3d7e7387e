import { type Bytes, copyBytes } from "@afterkeep/bytes";
import { ctx, hkdf } from "@afterkeep/crypto";
import { fkCommit, type ManifestEntry, metaHash, payloadKey, StreamEncryptor } from "@afterkeep/formats";
import { encodeLeafList, objectLayout, PayloadHasher } from "@afterkeep/merkle";
import { type ByteSource, readParts } from "./bytes-source.ts";
import { SourceSizeError } from "./errors.ts";
import type { NativeCrypto } from "./native.ts";
import type { SealingPlan } from "./sealing-plan.ts";
import { nativeCrypto } from "#native";

export type SealOptions = {
  readonly signal?: AbortSignal | undefined;
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
  const native = await nativeCrypto();
  const hasher = new PayloadHasher(native.newSha256);
  for await (const part of encryptPayload(plan, source, options, native)) {
    hasher.push(part);
    yield part;
  }
  const digest = hasher.finish();
  yield encodeLeafList(digest.leaves);
  if (plan.thumbnail.length > 0) yield copyBytes(plan.thumbnail);
  yield* padding(plan, options.signal, native);
  onRoot(digest.payloadRoot);
}

async function* encryptPayload(
  plan: SealingPlan,
  source: ByteSource,
  { signal, onProgress }: SealOptions,
  native: NativeCrypto,
): AsyncGenerator<Bytes, void, undefined> {
  yield copyBytes(plan.nonce);
  const encryptor = new StreamEncryptor(payloadKey(plan.fileKey, plan.nonce), native.sealChunk);
  let size = 0;
  for await (const part of readParts(source, signal)) {
    size += part.length;
    // Why before sealing more: a file that grows while it is read would be cut or overflow the planned length.
    if (size > plan.size) throw new SourceSizeError();
    yield* await Promise.all(encryptor.push(part));
    onProgress?.(size);
  }
  if (size !== plan.size) throw new SourceSizeError();
  yield await encryptor.finish();
}

/**
 * The first `paddingLen` bytes of STREAM over zeros, none of its chunks marked last, under KDF(FK, nonce, ctx("padding"), 32).
 * Why not plain random bytes: an interrupted upload is sealed again, and its parts must come out the same.
 */
async function* padding(
  plan: SealingPlan,
  signal: AbortSignal | undefined,
  native: NativeCrypto,
): AsyncGenerator<Bytes, void, undefined> {
  const encryptor = new StreamEncryptor(hkdf(plan.fileKey, plan.nonce, ctx("padding"), 32), native.sealChunk);
  let left = objectLayout(plan.payloadLen, plan.thumbnail.length).paddingLen;
  while (left > 0) {
    signal?.throwIfAborted();
    for (const chunk of await Promise.all(encryptor.push(new Uint8Array(2 ** 16)))) {
      yield chunk.subarray(0, left);
      left -= Math.min(left, chunk.length);
      if (left === 0) return;
    }
  }
}
