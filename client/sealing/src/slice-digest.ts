import type { Bytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { PayloadHasher, sliceLength, startLeafHash } from "@afterkeep/merkle";
import { newSha256 } from "#engine";

/** RFC 6962's mark of a leaf, before the slice. */
const prefixLength = 1;

/** Room for a slice with its prefix in place: hashing needs no copy. */
export type SliceRoom = { readonly all: Bytes; readonly slice: Bytes };

export function newSliceRoom(): SliceRoom {
  const all = new Uint8Array(prefixLength + sliceLength);
  return { all, slice: all.subarray(prefixLength) };
}

/**
 * The leaf hash of the first `length` bytes of a slice. Takes what is there when it is called: the room may be filled again at once.
 * Why two ways: Node's own hash is faster than the copy that its WebCrypto makes first; browsers hash on other threads.
 */
export async function digestSlice({ all, slice }: SliceRoom, length: number): Promise<Bytes> {
  if (newSha256 !== null) {
    const hash = startLeafHash(newSha256);
    hash.update(slice.subarray(0, length));
    return hash.digest();
  }
  const bytes = all.subarray(0, prefixLength + length);
  // Why asked: pages that are not served securely have no crypto.subtle.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  return subtle === undefined ? sha256(bytes) : new Uint8Array(await subtle.digest("SHA-256", bytes));
}

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

/** A few slices at once, each gathered first. */
class RoomDigester implements SliceDigester {
  readonly #room = newSliceRoom();
  readonly #leaves: Promise<Bytes>[] = [];
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
    const leaf = digestSlice(this.#room, this.#held);
    leaf.catch(() => undefined);
    this.#held = 0;
    this.#leaves.push(leaf);
    await this.#leaves.at(-atOnce);
  }
}

const atOnce = 4;
