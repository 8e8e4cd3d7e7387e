import { type Bytes, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  chunkLength,
  type ManifestEntry,
  payloadKey,
  payloadNonceLength,
  plaintextLength,
  sealedChunkLength,
} from "@afterkeep/formats";
import { sliceLength } from "@afterkeep/merkle";
import { readExactly, readPieces } from "./bytes-source.ts";
import type { OpenedHeader } from "./open-document.ts";
import { fetchLeaves, type FetchRange, type OpenOptions, verifiedSlices } from "./verified-slices.ts";
import { payloadEngine } from "#engine";

/**
 * Plaintext bytes [from, to) of a stored object, for previews and players. Fetches the leaf list (compared with the signed root first),
 * the nonce, and only the slices that hold these bytes; nothing of a slice is used before its hash was compared. Throws
 * MalformedError if the document has no such bytes, DecryptionError for everything that is not what the owner signed.
 */
export async function* openRange(
  opened: OpenedHeader,
  entry: ManifestEntry,
  fetchRange: FetchRange,
  from: number,
  to: number,
  options: Pick<OpenOptions, "signal"> = {},
): AsyncGenerator<Bytes, void, undefined> {
  const size = plaintextLength(entry.payloadLen);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from || to > size) {
    throw new MalformedError("range of a document");
  }
  if (from === to) return;
  const leaves = await fetchLeaves(entry, fetchRange);
  // Why the nonce alone, not its whole slice: a wrong one gives a key under which no chunk of a verified slice opens.
  const nonce = await readExactly(await fetchRange(0, payloadNonceLength), payloadNonceLength);
  const key = payloadKey(opened.fileKey, nonce);
  const engine = await payloadEngine(0);
  const chunks = { first: Math.floor(from / chunkLength), end: Math.ceil(to / chunkLength) };
  const wanted = bytesOfChunks(chunks, entry.payloadLen);
  const slices = [Math.floor(wanted.from / sliceLength), Math.ceil(wanted.to / sliceLength)] as const;
  const payload = verifiedSlices(entry, leaves, fetchRange, slices, options);
  let index = chunks.first;
  for await (const chunk of readPieces(cut(payload, slices[0] * sliceLength, wanted), sealedChunkLength)) {
    const start = index * chunkLength;
    const isLast = start + chunkLength >= size;
    const [plain] = await engine.cipher({ direction: "open", key, first: index++, isLast, bytes: chunk });
    if (plain?.length !== Math.min(chunkLength, size - start)) throw new DecryptionError();
    yield plain.subarray(Math.max(0, from - start), to - start);
  }
}

/** Where sealed chunks lie in the payload. */
function bytesOfChunks({ first, end }: { first: number; end: number }, payloadLen: number) {
  return {
    from: payloadNonceLength + first * sealedChunkLength,
    to: Math.min(payloadLen, payloadNonceLength + end * sealedChunkLength),
  };
}

/** Bytes [from, to) of parts of which the first begins at `at`. */
async function* cut(
  parts: AsyncGenerator<Bytes>,
  at: number,
  { from, to }: { from: number; to: number },
): AsyncGenerator<Bytes, void, undefined> {
  for await (const part of parts) {
    yield part.subarray(Math.max(0, from - at), Math.max(0, to - at));
    at += part.length;
  }
}
