import { type Bytes, copyBytes, type Id, type RandomSource, randomBytes } from "@afterkeep/bytes";
import {
  type AgeRecipient,
  createHeader,
  type DocumentMetadata,
  encodeMetadata,
  fkCommit,
  type ManifestEntry,
  metaHash,
  newFileKey,
  payloadKey,
  payloadLength,
  payloadNonceLength,
  StreamEncryptor,
} from "@afterkeep/formats";
import { encodeLeafList, objectLayout, PayloadHasher } from "@afterkeep/merkle";
import { type ByteSource, readParts } from "./bytes-source.ts";
import { SourceSizeError } from "./errors.ts";
import type { NativeCrypto } from "./native.ts";
import { nativeCrypto } from "#native";

export type SealRequest = {
  readonly account: Id;
  readonly docId: Id;
  readonly verId: Id;
  /** The plaintext, exactly `metadata.size` bytes; read once and only while `object` is read. */
  readonly source: ByteSource;
  readonly metadata: Omit<DocumentMetadata, "payloadLen">;
  /** Who can open it: the owner's own recipient first. All hybrid. */
  readonly recipients: readonly AgeRecipient[];
  readonly random?: RandomSource;
  readonly signal?: AbortSignal | undefined;
  /** Plaintext bytes sealed so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

/** A document being sealed: header and metadata are there at once, the object appears while it is read. */
export type SealedDocument = {
  readonly header: Bytes;
  readonly metadata: Bytes;
  readonly payloadLen: number;
  /** Bytes of `object`, known before the first is read. */
  readonly objectLen: number;
  /** payload ‖ leaf list ‖ random padding. Throws SourceSizeError if the source is not of the announced size. */
  readonly object: AsyncGenerator<Bytes, void, undefined>;
  /** What the manifest must say about it. Throws until `object` was read to its end. */
  entry(): ManifestEntry;
};

/**
 * Seals one document version under a fresh file key and nonce, in constant memory.
 * Invariant: called again for a changed source, everything is fresh; nothing of a broken attempt is reused (protocol §7 S12).
 */
export async function sealDocument(request: SealRequest): Promise<SealedDocument> {
  const { account, docId, verId, random = randomBytes } = request;
  const fileKey = newFileKey(random);
  const payloadLen = payloadLength(request.metadata.size);
  const header = await createHeader(fileKey, request.recipients, { random });
  const metadata = encodeMetadata(
    fileKey,
    { account, docId, verId, rev: 0 },
    { ...request.metadata, payloadLen },
    random,
  );
  const hasher = new PayloadHasher((await nativeCrypto()).newSha256);
  let finished: ManifestEntry | null = null;
  const object = writeObject(request, { fileKey, hasher, random, native: await nativeCrypto() }, (payloadRoot) => {
    finished = {
      docId,
      verId,
      payloadLen,
      payloadRoot,
      fkCommit: fkCommit(fileKey, docId, verId),
      metaHash: metaHash(metadata),
    };
  });
  return {
    header,
    metadata,
    payloadLen,
    objectLen: objectLayout(payloadLen).objectLen,
    object,
    entry() {
      if (finished === null) throw new SourceSizeError();
      return finished;
    },
  };
}

type Work = {
  readonly fileKey: Bytes;
  readonly hasher: PayloadHasher;
  readonly random: RandomSource;
  readonly native: NativeCrypto;
};

async function* writeObject(
  request: SealRequest,
  work: Work,
  onRoot: (payloadRoot: Bytes) => void,
): AsyncGenerator<Bytes, void, undefined> {
  for await (const part of encryptPayload(request, work)) {
    work.hasher.push(part);
    yield part;
  }
  const digest = work.hasher.finish();
  const layout = objectLayout(digest.payloadLen);
  yield encodeLeafList(digest.leaves);
  for (let left = layout.paddingLen; left > 0; left -= paddingPart) {
    request.signal?.throwIfAborted();
    yield copyBytes(work.random(Math.min(left, paddingPart)));
  }
  onRoot(copyBytes(digest.payloadRoot));
}

const paddingPart = 2 ** 16;

async function* encryptPayload(request: SealRequest, work: Work): AsyncGenerator<Bytes, void, undefined> {
  const nonce = copyBytes(work.random(payloadNonceLength));
  yield nonce;
  const encryptor = new StreamEncryptor(payloadKey(work.fileKey, nonce), work.native.sealChunk);
  let size = 0;
  for await (const part of readParts(request.source, request.signal)) {
    size += part.length;
    // Why before sealing more: a file that grows while it is read would be cut or overflow the announced length.
    if (size > request.metadata.size) throw new SourceSizeError();
    yield* await Promise.all(encryptor.push(part));
    request.onProgress?.(size);
  }
  if (size !== request.metadata.size) throw new SourceSizeError();
  yield await encryptor.finish();
}
