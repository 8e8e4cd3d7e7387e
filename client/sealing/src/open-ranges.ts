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

export type RangeOptions = Pick<OpenOptions, "signal">;

/** Plaintext bytes [from, to). Throws MalformedError if the document has no such bytes, DecryptionError for what its owner did not sign. */
export type RangeReader = (from: number, to: number, options?: RangeOptions) => AsyncGenerator<Bytes, void, undefined>;

/**
 * Reads ranges of one stored object again and again, for players. The leaf list is fetched once, and compared with the signed root before
 * it is kept; of the payload only the slices are fetched that hold the wanted bytes, and nothing of a slice is used before its hash was
 * compared. Holds the leaf list (32 bytes a mebibyte) and the last slice, in which the next range mostly begins.
 */
export function openRanges(
  opened: OpenedHeader,
  entry: ManifestEntry,
  rangesFor: (signal?: AbortSignal) => FetchRange,
): RangeReader {
  const size = plaintextLength(entry.payloadLen);
  let begun: Promise<Beginning> | null = null;
  let last: VerifiedSlice | null = null;

  const begin = (): Promise<Beginning> => {
    // Why without the signal of whoever asks first: others wait for it too. Why forgotten when it fails: the line may be back next time.
    begun ??= readBeginning(opened, entry, rangesFor());
    begun.catch(() => (begun = null));
    return begun;
  };

  async function* slices(first: number, end: number, { leaves }: Beginning, { signal }: RangeOptions) {
    let index = first;
    if (last?.index === first) {
      index += 1;
      yield last.bytes;
    }
    if (index === end) return;
    for await (const bytes of verifiedSlices(entry, leaves, rangesFor(signal), [index, end], { signal })) {
      last = { index, bytes };
      index += 1;
      yield bytes;
    }
  }

  return async function* read(from, to, options = {}) {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from || to > size) {
      throw new MalformedError("range of a document");
    }
    if (from === to) return;
    const beginning = await begin();
    options.signal?.throwIfAborted();
    const engine = await payloadEngine(0);
    const chunks = { first: Math.floor(from / chunkLength), end: Math.ceil(to / chunkLength) };
    const wanted = bytesOfChunks(chunks, entry.payloadLen);
    const [first, end] = [Math.floor(wanted.from / sliceLength), Math.ceil(wanted.to / sliceLength)];
    const payload = slices(first, end, beginning, options);
    let index = chunks.first;
    for await (const chunk of readPieces(cut(payload, first * sliceLength, wanted), sealedChunkLength)) {
      const start = index * chunkLength;
      const isLast = start + chunkLength >= size;
      const [plain] = await engine.cipher({
        direction: "open",
        key: beginning.key,
        first: index++,
        isLast,
        bytes: chunk,
        giveBack: () => undefined,
      });
      if (plain?.length !== Math.min(chunkLength, size - start)) throw new DecryptionError();
      yield plain.subarray(Math.max(0, from - start), to - start);
    }
  };
}

type Beginning = { readonly leaves: readonly Bytes[]; readonly key: Bytes };
type VerifiedSlice = { readonly index: number; readonly bytes: Bytes };

async function readBeginning(opened: OpenedHeader, entry: ManifestEntry, fetchRange: FetchRange): Promise<Beginning> {
  const leaves = await fetchLeaves(entry, fetchRange);
  // Why the nonce alone, not its whole slice: a wrong one gives a key under which no chunk of a verified slice opens.
  const nonce = await readExactly(await fetchRange(0, payloadNonceLength), payloadNonceLength);
  return { leaves, key: payloadKey(opened.fileKey, nonce) };
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
