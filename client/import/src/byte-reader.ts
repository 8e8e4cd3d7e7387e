import { damaged } from "./import-error.ts";

/** Reads untrusted little-endian bytes in order. Every read past the end throws ImportError `damaged`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at: number;

  /** @param what the file as the person knows it, for the refusal */
  constructor(bytes: Uint8Array, what: string, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const from = this.#advance(length);
    return this.#bytes.subarray(from, from + length);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  #advance(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from || from < 0) throw damaged(this.#what);
    this.#at = from + length;
    return from;
  }
}
