import { type Bytes, concatBytes, MalformedError, padme } from "@afterkeep/bytes";
import type { Sha256 } from "@afterkeep/crypto";
import { hashLength, startLeafHash } from "./hashes.ts";
import { RangeHasher } from "./range.ts";

/** Bytes of payload under one leaf: 2²⁰. */
export const sliceLength = 2 ** 20;

/** What names a payload: its length and the root over its slices; `leaves` lets a reader check each slice as it arrives. */
export type PayloadDigest = {
  readonly payloadLen: number;
  readonly payloadRoot: Uint8Array;
  readonly leaves: readonly Uint8Array[];
};

/** The number of slices `[j·2²⁰, min((j+1)·2²⁰, payloadLen))` of a payload. A payload is never empty. */
export function sliceCount(payloadLen: number): number {
  if (!Number.isSafeInteger(payloadLen) || payloadLen < 1) throw new MalformedError("payload length");
  return Math.ceil(payloadLen / sliceLength);
}

/** Hashes a payload that arrives in parts of any size into its slice tree. */
export class PayloadHasher {
  readonly #newSha256: (() => Sha256) | undefined;
  readonly #leaves: Bytes[] = [];
  #open: Sha256 | undefined;
  #length = 0;

  /** @param newSha256 a faster SHA-256 where there is one (node:crypto) */
  constructor(newSha256?: () => Sha256) {
    this.#newSha256 = newSha256;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const room = sliceLength - (this.#length % sliceLength);
      const part = bytes.subarray(at, at + room);
      this.#open ??= startLeafHash(this.#newSha256);
      this.#open.update(part);
      this.#length += part.length;
      at += part.length;
      if (this.#length % sliceLength === 0) this.#closeSlice();
    }
  }

  /** Ends the payload. Throws MalformedError if nothing was pushed. */
  finish(): PayloadDigest {
    this.#closeSlice();
    return { payloadLen: this.#length, payloadRoot: payloadRoot(this.#leaves, this.#length), leaves: this.#leaves };
  }

  #closeSlice(): void {
    if (this.#open !== undefined) this.#leaves.push(this.#open.digest());
    this.#open = undefined;
  }
}

/** The root over a payload's slice hashes. Throws MalformedError if their number does not fit the length. */
export function payloadRoot(leaves: readonly Uint8Array[], payloadLen: number): Uint8Array {
  if (leaves.length !== sliceCount(payloadLen)) throw new MalformedError("leaf list");
  const range = new RangeHasher();
  for (const leaf of leaves) range.append(leaf);
  return range.root();
}

/** The leaf list as stored behind the payload: the slice hashes, 32 bytes each, in order. */
export function encodeLeafList(leaves: readonly Uint8Array[]): Bytes {
  if (leaves.some((leaf) => leaf.length !== hashLength)) throw new MalformedError("leaf list");
  return concatBytes(...leaves);
}

/** Reads an untrusted leaf list of a payload of `payloadLen` bytes. It is trusted once `payloadRoot` of it equals a signed root. */
export function decodeLeafList(bytes: Uint8Array, payloadLen: number): Bytes[] {
  const count = sliceCount(payloadLen);
  if (bytes.length !== count * hashLength) throw new MalformedError("leaf list");
  return Array.from({ length: count }, (_, i) => new Uint8Array(bytes.slice(i * hashLength, (i + 1) * hashLength)));
}

/** Offsets in the stored object: payload ‖ leaf list ‖ sealed thumbnail (if any) ‖ padding. All in bytes. */
export type ObjectLayout = {
  readonly payloadLen: number;
  readonly leavesOffset: number;
  readonly leavesLen: number;
  readonly thumbnailOffset: number;
  readonly paddingOffset: number;
  readonly paddingLen: number;
  readonly objectLen: number;
};

/** The layout of the object that holds a payload of `payloadLen` bytes and a thumbnail record; its length is a Padmé size. */
export function objectLayout(payloadLen: number, thumbnailLen = 0): ObjectLayout {
  const leavesLen = sliceCount(payloadLen) * hashLength;
  const thumbnailOffset = payloadLen + leavesLen;
  const paddingOffset = thumbnailOffset + thumbnailLen;
  const objectLen = padme(paddingOffset);
  return {
    payloadLen,
    leavesOffset: payloadLen,
    leavesLen,
    thumbnailOffset,
    paddingOffset,
    paddingLen: objectLen - paddingOffset,
    objectLen,
  };
}
