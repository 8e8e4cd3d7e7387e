import type { Bytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { PayloadHasher, sliceLength, startLeafHash } from "@afterkeep/merkle";
import { digestInWorker, newSha256 } from "#engine";

/** RFC 6962's mark of a leaf, before the slice. */
const prefixLength = 1;

/** Room for a slice with its prefix in place: hashing needs no copy. */
export type SliceRoom = { readonly all: Bytes; readonly slice: Bytes };

export function newSliceRoom(): SliceRoom {
  return roomIn(new Uint8Array(prefixLength + sliceLength));
}

function roomIn(all: Bytes): SliceRoom {
  return { all, slice: all.subarray(prefixLength) };
}

export type DigestedSlice = { readonly leaf: Bytes; readonly room: SliceRoom };

/**
 * The leaf hash of the first `length` bytes of a slice, and its room with what is in it: the one that was given must not be touched any more,
 * because its memory may have been with another thread.
 * Why three ways: Node's own hash is faster than the copy that its WebCrypto makes first; browsers hash in the thread that asks, so a worker
 * does it where there is one.
 */
export async function digestSlice(room: SliceRoom, length: number): Promise<DigestedSlice> {
  if (newSha256 !== null) {
    const hash = startLeafHash(newSha256);
    hash.update(room.slice.subarray(0, length));
    return { leaf: hash.digest(), room };
  }
  // Why asked: pages that are not served securely have no crypto.subtle.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  const bytes = room.all.subarray(0, prefixLength + length);
  if (subtle === undefined) return { leaf: sha256(bytes), room };
  const aside = length < worthATrip ? null : digestInWorker(bytes);
  if (aside === null) return { leaf: new Uint8Array(await subtle.digest("SHA-256", bytes)), room };
  const { hash, memory } = await aside;
  return { leaf: hash, room: roomIn(memory) };
}

/** From this length on the way to a worker and back is worth it. */
const worthATrip = sliceLength / 4;

/** Hashes a payload that is being written, slice by slice. */
export type SliceDigester = {
  /** Resolves when more may be pushed. */
  push(bytes: Uint8Array): Promise<void>;
  /** The leaves of everything that was pushed. */
  finish(): Promise<readonly Uint8Array[]>;
};

export function newSliceDigester(): SliceDigester {
  return newSha256 === null ? new RoomDigester() : hasherDigester(new PayloadHasher(newSha256));
}

function hasherDigester(hasher: PayloadHasher): SliceDigester {
  return { push: async (bytes) => hasher.push(bytes), finish: async () => hasher.finish().leaves };
}

/** A few slices at once, each gathered first in a room that goes round. */
class RoomDigester implements SliceDigester {
  readonly #free: SliceRoom[] = [];
  readonly #leaves: Promise<Bytes>[] = [];
  #room = newSliceRoom();
  #held = 0;

  async push(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + sliceLength - this.#held);
      this.#room.slice.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
      if (this.#held === sliceLength) await this.#close();
    }
  }

  async finish(): Promise<readonly Bytes[]> {
    if (this.#held > 0) await this.#close();
    return Promise.all(this.#leaves);
  }

  async #close(): Promise<void> {
    const leaf = this.#digest(this.#room, this.#held);
    leaf.catch(() => undefined);
    this.#leaves.push(leaf);
    await this.#leaves.at(-atOnce);
    this.#room = this.#free.pop() ?? newSliceRoom();
    this.#held = 0;
  }

  async #digest(given: SliceRoom, length: number): Promise<Bytes> {
    const { leaf, room } = await digestSlice(given, length);
    this.#free.push(room);
    return leaf;
  }
}

const atOnce = 4;
