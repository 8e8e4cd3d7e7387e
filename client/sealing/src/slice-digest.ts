import type { Bytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { sliceLength } from "@afterkeep/merkle";

/** RFC 6962's mark of a leaf, before the slice. */
const prefixLength = 1;

/** Room for a slice with its prefix in place: hashing needs no copy. */
export type SliceRoom = { readonly all: Bytes; readonly slice: Bytes };

export function newSliceRoom(): SliceRoom {
  const all = new Uint8Array(prefixLength + sliceLength);
  return { all, slice: all.subarray(prefixLength) };
}

/**
 * The leaf hash of the first `length` bytes of a slice, on the platform's own threads where it has them. Takes what is there when it is
 * called: the room may be filled again at once.
 */
export async function digestSlice({ all }: SliceRoom, length: number): Promise<Bytes> {
  const bytes = all.subarray(0, prefixLength + length);
  // Why asked: pages that are not served securely have no crypto.subtle.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  return subtle === undefined ? sha256(bytes) : new Uint8Array(await subtle.digest("SHA-256", bytes));
}

/** Hashes a payload that is being written, slice by slice; a few of them at once. */
export class SliceDigester {
  readonly #room = newSliceRoom();
  readonly #leaves: Promise<Bytes>[] = [];
  #held = 0;

  /** Resolves when more may be pushed. */
  async push(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + sliceLength - this.#held);
      this.#room.slice.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
      if (this.#held === sliceLength) await this.#close();
    }
  }

  /** The leaves of everything that was pushed. */
  async finish(): Promise<Bytes[]> {
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
