import { equalBytes, expectLength, MalformedError } from "@afterkeep/bytes";
import { aeadKeyLength, aeadNonceLength, aeadTagLength, DecryptionError } from "@afterkeep/crypto";
import { chunkLength } from "@afterkeep/formats";
import { groupLength } from "./wasm-chacha.ts";
import { place } from "./wasm-locals.ts";
import { assembleChaChaPoly } from "./wasm-module.ts";

type Exports = {
  readonly memory: WebAssembly.Memory;
  readonly chacha: (address: number, groups: number, unused: number) => void;
  readonly poly: (address: number, blocks: number, unused: number) => void;
  readonly both: (address: number, groups: number, lag: number) => void;
};

/** Rejects where the runtime has no 128-bit lanes or no WebAssembly. */
export async function loadWasmCipher(): Promise<WasmCipher> {
  const { instance } = await WebAssembly.instantiate(assembleChaChaPoly());
  return new WasmCipher(instance.exports as WebAssembly.Exports & Exports);
}

const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
const blockLength = 16;

/**
 * ChaCha20-Poly1305 for chunks of at most 64 KiB. One at a time; nothing of it stays behind but in memory that the next one overwrites.
 * Source: RFC 8439, 2.8.
 */
export class WasmCipher {
  readonly #run: Exports;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;

  constructor(run: Exports) {
    this.#run = run;
    this.#bytes = new Uint8Array(run.memory.buffer);
    this.#words = new Uint32Array(run.memory.buffer);
  }

  /** Encrypts a chunk where it lies, and writes its tag. */
  seal(key: Uint8Array, nonce: Uint8Array, chunk: Uint8Array, tag: Uint8Array): void {
    const { length } = chunk;
    this.#load(key, nonce, chunk);
    const groups = Math.ceil(length / groupLength);
    const rest = place.chunk + Math.max(0, groups - 1) * groupLength;
    // Why one behind: what is authenticated must have been encrypted before.
    if (groups > 0) this.#run.chacha(place.chunk, 1, 0);
    if (groups > 1) this.#run.both(place.chunk + groupLength, groups - 1, groupLength);
    tag.set(this.#finishTag(rest, length));
    chunk.set(this.#bytes.subarray(place.chunk, place.chunk + length));
  }

  /**
   * Decrypts a chunk into `target`, which may overlap it and is as long without the tag. Throws DecryptionError; nothing was written then.
   * Why decrypted before the tag was compared: both go over the same bytes at once. What is not authentic never leaves this memory.
   */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, target: Uint8Array): void {
    const length = sealed.length - aeadTagLength;
    if (length < 0) throw new DecryptionError();
    this.#load(key, nonce, sealed.subarray(0, length));
    const groups = Math.floor(length / groupLength);
    const rest = place.chunk + groups * groupLength;
    if (groups > 0) this.#run.both(place.chunk, groups, 0);
    const tag = this.#finishTag(rest, length);
    if (rest < place.chunk + length) this.#run.chacha(rest, 1, 0);
    const plain = this.#bytes.subarray(place.chunk, place.chunk + length);
    if (!equalBytes(tag, sealed.subarray(length))) {
      plain.fill(0);
      throw new DecryptionError();
    }
    target.set(plain);
  }

  /** The chunk into memory, the cipher at its first block, and the one-time key of its tag. */
  #load(key: Uint8Array, nonce: Uint8Array, data: Uint8Array): void {
    if (data.length > chunkLength) throw new MalformedError("chunk");
    this.#words.set(constants, place.state / 4);
    this.#bytes.set(expectLength(key, aeadKeyLength, "ChaCha20-Poly1305 key"), place.state + 16);
    this.#words[12] = 0;
    this.#bytes.set(expectLength(nonce, aeadNonceLength, "ChaCha20-Poly1305 nonce"), place.state + 52);
    this.#bytes.fill(0, place.keyBlock, place.keyBlock + groupLength);
    this.#run.chacha(place.keyBlock, 1, 0);
    this.#words[12] = 1;
    this.#startTag();
    this.#bytes.set(data, place.chunk);
  }

  #startTag(): void {
    const clamp = [0x0fffffff, 0x0ffffffc, 0x0ffffffc, 0x0ffffffc];
    const r = clamp.map((mask, i) => (this.#words[place.keyBlock / 4 + i] ?? 0) & mask);
    this.#words.set(r, place.r / 4);
    this.#words.fill(0, place.accumulator / 4, place.accumulator / 4 + 5);
  }

  /** The tag, once all ciphertext before address `rest` was taken in; `length` is that of the whole chunk, which has no data beside. */
  #finishTag(rest: number, length: number): Uint8Array {
    const end = place.chunk + length;
    const blocks = Math.ceil((end - rest) / blockLength);
    const lengths = rest + blocks * blockLength;
    this.#bytes.fill(0, end, lengths + blockLength);
    new DataView(this.#bytes.buffer).setUint32(lengths + 8, length, true);
    this.#run.poly(rest, blocks + 1, 0);
    const h = this.#words.subarray(place.accumulator / 4, place.accumulator / 4 + 5);
    return finishTag(h, this.#words.subarray(place.keyBlock / 4 + 4, place.keyBlock / 4 + 8));
  }
}

/** (h mod 2¹³⁰−5) + s mod 2¹²⁸, little-endian, without a branch on either. */
function finishTag(h: Uint32Array, s: Uint32Array): Uint8Array {
  const minus = new Uint32Array(5);
  for (let i = 0, carry = 5; i < 5; i++) {
    const sum = (h[i] ?? 0) + carry;
    minus[i] = sum;
    carry = Math.floor(sum / 2 ** 32);
  }
  const mask = -((minus[4] ?? 0) >>> 2) | 0;
  const tag = new Uint32Array(4);
  for (let i = 0, carry = 0; i < 4; i++) {
    const chosen = (((h[i] ?? 0) & ~mask) | ((minus[i] ?? 0) & mask)) >>> 0;
    const sum = chosen + (s[i] ?? 0) + carry;
    tag[i] = sum;
    carry = Math.floor(sum / 2 ** 32);
  }
  return new Uint8Array(tag.buffer);
}
