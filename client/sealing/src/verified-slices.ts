import { type Bytes, equalBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import type { ManifestEntry } from "@afterkeep/formats";
import { decodeLeafList, objectLayout, payloadRoot, sliceCount, sliceLength } from "@afterkeep/merkle";
import { type ByteSource, readExactly, readParts } from "./bytes-source.ts";
import { inOrder } from "./in-order.ts";
import { digestSlice, newSliceRoom, type SliceRoom } from "./slice-digest.ts";

/** Reads bytes [from, to) of the stored object. What it answers is untrusted. */
export type FetchRange = (from: number, to: number) => Promise<ByteSource>;

export type OpenOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Worker threads in Node, none by default: each costs 30 MB and more. In browsers cipherInWorkers decides. */
  readonly workers?: number | undefined;
  /** Payload bytes verified so far. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined;
};

export type SliceOptions = OpenOptions & {
  /** Each slice is lent until the next is asked for, its memory used again. Else it is the consumer's. */
  readonly isLent?: boolean;
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
  { signal, onProgress, isLent = false }: SliceOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  const to = Math.min(end * sliceLength, entry.payloadLen);
  let done = first * sliceLength;
  const free: SliceRoom[] = [];
  const borrow = () => free.pop() ?? newSliceRoom();
  const slices = fetchSlices(await fetchRange(done, to), [done, to], borrow, signal);
  const verified = inOrder(slices, atOnce, async ({ room: given, length, index }) => {
    const { leaf, room } = await digestSlice(given, length);
    const expected = leaves[index];
    if (expected === undefined || !equalBytes(leaf, expected)) throw new DecryptionError();
    return { room, length };
  });
  for await (const { room, length } of verified) {
    done += length;
    yield room.slice.subarray(0, length);
    onProgress?.(done);
    if (isLent) free.push(room);
  }
}

/** Slices that are hashed while the next arrive. */
const atOnce = 3;

type FetchedSlice = { readonly room: SliceRoom; readonly length: number; readonly index: number };

/** Bytes [from, to) of a payload as slices, each in a room of its own. Throws DecryptionError if there are more or fewer. */
async function* fetchSlices(
  source: ByteSource,
  [from, to]: readonly [number, number],
  borrow: () => SliceRoom,
  signal: AbortSignal | undefined,
): AsyncGenerator<FetchedSlice, void, undefined> {
  let at = from;
  let room: SliceRoom | null = null;
  let held = 0;
  for await (const part of readParts(source, signal)) {
    for (let taken = 0; taken < part.length;) {
      const length = Math.min(sliceLength, to - at);
      if (length === 0) throw new DecryptionError();
      room ??= borrow();
      const piece = part.subarray(taken, taken + length - held);
      room.slice.set(piece, held);
      held += piece.length;
      taken += piece.length;
      if (held < length) continue;
      yield { room, length, index: at / sliceLength };
      at += length;
      room = null;
      held = 0;
    }
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
  options: SliceOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  const leaves = await fetchLeaves(entry, fetchRange);
  yield* verifiedSlices(entry, leaves, fetchRange, [0, sliceCount(entry.payloadLen)], options);
}
