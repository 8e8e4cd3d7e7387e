import { concatBytes, equalBytes, MalformedError } from "@afterkeep/bytes";
import { DecryptionError, type Sha256 } from "@afterkeep/crypto";
import { startLeafHash } from "./hashes.ts";
import { payloadRoot, sliceLength } from "./slices.ts";

/**
 * Lets payload bytes through slice by slice, each only after its hash was compared, so that no byte is used before it is
 * known to belong to the signed payload. Holds at most one slice in memory.
 */
export class SliceVerifier {
  readonly #leaves: readonly Uint8Array[];
  readonly #payloadLen: number;
  readonly #newSha256: (() => Sha256) | undefined;
  #parts: Uint8Array[] = [];
  #held = 0;
  #verified = 0;

  /** Throws DecryptionError unless the untrusted `leaves` have the signed `expectedRoot`. */
  constructor(leaves: readonly Uint8Array[], payloadLen: number, expectedRoot: Uint8Array, newSha256?: () => Sha256) {
    if (!equalBytes(payloadRoot(leaves, payloadLen), expectedRoot)) throw new DecryptionError();
    this.#leaves = leaves;
    this.#payloadLen = payloadLen;
    this.#newSha256 = newSha256;
  }

  /** Takes the next bytes, returns the slices that are now verified. Throws DecryptionError on a wrong or surplus byte. */
  push(bytes: Uint8Array): Uint8Array[] {
    const verified: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const need = this.#currentLength() - this.#held;
      if (need <= 0) throw new DecryptionError();
      const part = bytes.subarray(at, at + need);
      this.#parts.push(part);
      this.#held += part.length;
      at += part.length;
      if (this.#held === this.#currentLength()) verified.push(this.#closeSlice());
    }
    return verified;
  }

  /** Throws MalformedError unless the whole payload went through. */
  finish(): void {
    if (this.#verified !== this.#payloadLen) throw new MalformedError("complete payload");
  }

  #currentLength(): number {
    return Math.min(sliceLength, this.#payloadLen - this.#verified);
  }

  #closeSlice(): Uint8Array {
    const slice = concatBytes(...this.#parts);
    const hash = startLeafHash(this.#newSha256);
    hash.update(slice);
    const expected = this.#leaves[this.#verified / sliceLength];
    if (expected === undefined || !equalBytes(hash.digest(), expected)) throw new DecryptionError();
    this.#verified += slice.length;
    this.#parts = [];
    this.#held = 0;
    return slice;
  }
}
