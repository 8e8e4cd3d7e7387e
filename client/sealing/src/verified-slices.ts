import { type Bytes, equalBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import type { ManifestEntry } from "@afterkeep/formats";
import { decodeLeafList, objectLayout, payloadRoot, sliceCount, sliceLength, startLeafHash } from "@afterkeep/merkle";
import { type ByteSource, readExactly, readPieces } from "./bytes-source.ts";
import { nativeCrypto } from "#native";

/** Reads bytes [from, to) of the stored object. What it answers is untrusted. */
export type FetchRange = (from: number, to: number) => Promise<ByteSource>;

export type OpenOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Payload bytes verified so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

/** The slice hashes of a payload, compared with the signed root. Throws DecryptionError. */
export async function fetchLeaves(entry: ManifestEntry, fetchRange: FetchRange): Promise<readonly Bytes[]> {
  const { leavesOffset, leavesLen } = objectLayout(entry.payloadLen);
  const list = await readExactly(await fetchRange(leavesOffset, leavesOffset + leavesLen), leavesLen);
  const leaves = decodeLeafList(list, entry.payloadLen);
  if (!equalBytes(payloadRoot(leaves, entry.payloadLen), entry.payloadRoot)) throw new DecryptionError();
  return leaves;
}

/**
 * Slices `first`…`end`-1 of a payload, still encrypted, each given out only after its hash was compared with its leaf. Asks for exactly
 * their bytes. Throws DecryptionError on a wrong, missing or surplus byte.
 */
export async function* verifiedSlices(
  entry: ManifestEntry,
  leaves: readonly Bytes[],
  fetchRange: FetchRange,
  [first, end]: readonly [first: number, end: number],
  { signal, onProgress }: OpenOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  const { newSha256 } = await nativeCrypto();
  const to = Math.min(end * sliceLength, entry.payloadLen);
  const source = await fetchRange(first * sliceLength, to);
  let at = first * sliceLength;
  for await (const slice of readPieces(source, sliceLength, signal)) {
    const hash = startLeafHash(newSha256);
    hash.update(slice);
    const isWhole = slice.length === Math.min(sliceLength, to - at);
    if (!isWhole || !equalBytes(hash.digest(), leaves[at / sliceLength] ?? new Uint8Array(0)))
      throw new DecryptionError();
    at += slice.length;
    yield slice;
    onProgress?.(at);
  }
  if (at !== to) throw new DecryptionError();
}

/**
 * The payload of a stored object as verified slices, still encrypted: each slice is compared with the leaf list, and the list with
 * the signed root, before one of its bytes is given out. Throws DecryptionError. Nothing behind the leaf list is read.
 */
export async function* verifiedPayload(
  entry: ManifestEntry,
  fetchRange: FetchRange,
  options: OpenOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  const leaves = await fetchLeaves(entry, fetchRange);
  yield* verifiedSlices(entry, leaves, fetchRange, [0, sliceCount(entry.payloadLen)], options);
}
