import {
  type Bytes,
  copyBytes,
  decodeBase64url,
  encodeBase64url,
  type Id,
  MalformedError,
  type RandomSource,
  randomBytes,
} from "@afterkeep/bytes";
import {
  type AgeRecipient,
  bytesField,
  countField,
  createHeader,
  type DocumentMetadata,
  encodeMetadata,
  type Field,
  fileKeyLength,
  idField,
  jcsCodec,
  maxHeaderLength,
  maxSealedThumbnail,
  newFileKey,
  objectField,
  payloadLength,
  payloadNonceLength,
  sealThumbnail,
} from "@afterkeep/formats";
import { sha256 } from "@afterkeep/crypto";
import { objectLayout } from "@afterkeep/merkle";

export type PlanRequest = {
  readonly account: Id;
  readonly docId: Id;
  readonly verId: Id;
  /** `size`: plaintext bytes that the source will have. */
  readonly metadata: Omit<DocumentMetadata, "payloadLen" | "thumbnailLen" | "thumbnailHash">;
  /** An image file of at most `maxThumbnail` bytes. */
  readonly thumbnail?: Uint8Array | undefined;
  /** Who can open it: the owner's own recipient first. All hybrid. */
  readonly recipients: readonly AgeRecipient[];
  readonly random?: RandomSource;
};

/**
 * Everything about a version that is fixed before its source is read, and everything that is random: with the same plan the same
 * source becomes the same bytes again, so an interrupted upload can go on.
 * Secret: it holds the file key. Invariant: a plan seals one content only. Two contents under one plan are a two-time pad (protocol
 * §7 S12), so whoever resumes compares every part that already left with what is sealed now.
 */
export type SealingPlan = {
  readonly account: Id;
  readonly docId: Id;
  readonly verId: Id;
  readonly fileKey: Bytes;
  /** The payload nonce. */
  readonly nonce: Bytes;
  readonly header: Bytes;
  /** The metadata record of revision 0. */
  readonly metadata: Bytes;
  /** The sealed thumbnail; empty for none. */
  readonly thumbnail: Bytes;
  /** Plaintext bytes. */
  readonly size: number;
  readonly payloadLen: number;
  /** Bytes of the whole object. */
  readonly objectLen: number;
};

/** Plans one version under a fresh file key and nonce. Throws MalformedError on a thumbnail or size that the format has no room for. */
export async function planDocument(request: PlanRequest): Promise<SealingPlan> {
  const { account, docId, verId, random = randomBytes } = request;
  const fileKey = newFileKey(random);
  const place = { account, docId, verId };
  const thumbnail =
    request.thumbnail === undefined ? new Uint8Array(0) : sealThumbnail(fileKey, place, request.thumbnail, random);
  const header = await createHeader(fileKey, request.recipients, { random });
  const { size } = request.metadata;
  const lengths = lengthsOf(size, thumbnail);
  const metadata = encodeMetadata(
    fileKey,
    { ...place, rev: 0 },
    {
      ...request.metadata,
      payloadLen: lengths.payloadLen,
      thumbnailLen: thumbnail.length,
      thumbnailHash: thumbnail.length === 0 ? null : sha256(thumbnail),
    },
    random,
  );
  const nonce = copyBytes(random(payloadNonceLength));
  return { ...place, fileKey, nonce, header, metadata, thumbnail, size, ...lengths };
}

type StoredPlan = Omit<SealingPlan, "payloadLen" | "objectLen">;

const maxMetadataRecord = 2 ** 17;

const codec = jcsCodec<StoredPlan>(
  objectField<StoredPlan>({
    account: idField,
    docId: idField,
    verId: idField,
    fileKey: bytesField(fileKeyLength),
    nonce: bytesField(payloadNonceLength),
    header: partField(maxHeaderLength),
    metadata: partField(maxMetadataRecord),
    thumbnail: partField(maxSealedThumbnail),
    size: countField(),
  }),
  2 ** 21,
);

/** The plan as canonical JSON. It holds the file key: keep it only wrapped. */
export function encodePlan(plan: SealingPlan): Bytes {
  return codec.encode(plan);
}

/** Reads a plan back. Throws MalformedError unless it has exactly the form that encodePlan writes. */
export function decodePlan(bytes: Uint8Array): SealingPlan {
  const plan = codec.decode(bytes);
  return { ...plan, ...lengthsOf(plan.size, plan.thumbnail) };
}

function lengthsOf(size: number, thumbnail: Bytes): { payloadLen: number; objectLen: number } {
  const payloadLen = payloadLength(size);
  return { payloadLen, objectLen: objectLayout(payloadLen, thumbnail.length).objectLen };
}

/** Bytes of any length up to `maxLength`. */
function partField(maxLength: number): Field<Bytes> {
  return {
    encode: (bytes) => encodeBase64url(bytes),
    decode: (value) => {
      const bytes = typeof value === "string" ? decodeBase64url(value) : null;
      if (bytes === null || bytes.length > maxLength) throw new MalformedError("sealing plan");
      return bytes;
    },
  };
}
