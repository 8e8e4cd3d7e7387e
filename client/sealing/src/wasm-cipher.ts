import { type Bytes, equalBytes, expectLength, MalformedError } from "@afterkeep/bytes";
import { aeadKeyLength, aeadNonceLength, aeadTagLength, DecryptionError } from "@afterkeep/crypto";
import { chunkLength } from "@afterkeep/formats";
import type { ChunkCipher } from "./payload-engine.ts";
import { assembleChaCha, place } from "./wasm-chacha.ts";

type Exports = {
  readonly memory: WebAssembly.Memory;
  readonly chacha: (address: number, groups: number) => void;
  readonly poly: (address: number, blocks: number) => void;
};

/** ChaCha20-Poly1305 in WebAssembly for chunks of at most 64 KiB. Rejects where the runtime has no 128-bit lanes or no WebAssembly. */
export async function loadWasmCipher(): Promise<ChunkCipher> {
  const { instance } = await WebAssembly.instantiate(assembleChaCha());
  const machine = new Machine(instance.exports as WebAssembly.Exports & Exports);
  return {
    seal: (key, nonce, chunk) => machine.seal(key, nonce, chunk),
    open: (key, nonce, chunk) => machine.open(key, nonce, chunk),
  };
}

const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
const blockLength = 16;
const groupLength = 256;

/** Source: RFC 8439, 2.8. One chunk at a time; nothing of it stays behind but in memory that the next one overwrites. */
class Machine {
  readonly #run: Exports;
  readonly #memory: ArrayBuffer;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;

  constructor(run: Exports) {
    this.#run = run;
    this.#memory = run.memory.buffer as ArrayBuffer;
    this.#bytes = new Uint8Array(this.#memory);
    this.#words = new Uint32Array(this.#memory);
  }

  seal(key: Uint8Array, nonce: Uint8Array, chunk: Uint8Array): Bytes {
    this.#load(key, nonce, chunk);
    this.#cipher(place.keyBlock, place.chunk - place.keyBlock + chunk.length);
    const tag = this.#tag(chunk.length);
    this.#bytes.set(tag, place.chunk + chunk.length);
    return this.#take(chunk.length + aeadTagLength);
  }

  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Bytes {
    const length = sealed.length - aeadTagLength;
    if (length < 0) throw new DecryptionError();
    this.#load(key, nonce, sealed.subarray(0, length));
    // Why two runs: the tag is compared before anything of the chunk is decrypted. The key block's group is ciphered alone, its rest kept.
    const kept = this.#bytes.slice(place.chunk, place.keyBlock + groupLength);
    this.#cipher(place.keyBlock, groupLength);
    this.#bytes.set(kept, place.chunk);
    if (!equalBytes(this.#tag(length), sealed.subarray(length))) throw new DecryptionError();
    this.#words[12] = 1;
    this.#cipher(place.chunk, length);
    return this.#take(length);
  }

  /** Why by the buffer's own slice: it does not fill the new memory with zeros first. */
  #take(length: number): Bytes {
    return new Uint8Array(this.#memory.slice(place.chunk, place.chunk + length));
  }

  #load(key: Uint8Array, nonce: Uint8Array, data: Uint8Array): void {
    if (data.length > chunkLength) throw new MalformedError("chunk");
    this.#words.set(constants, place.state / 4);
    this.#bytes.set(expectLength(key, aeadKeyLength, "ChaCha20-Poly1305 key"), place.state + 16);
    this.#words[12] = 0;
    this.#bytes.set(expectLength(nonce, aeadNonceLength, "ChaCha20-Poly1305 nonce"), place.state + 52);
    this.#bytes.fill(0, place.keyBlock, place.chunk);
    this.#bytes.set(data, place.chunk);
  }

  #cipher(address: number, length: number): void {
    if (length > 0) this.#run.chacha(address, Math.ceil(length / groupLength));
  }

  /** The tag over `length` bytes of ciphertext in place, with the one-time key in the key block. */
  #tag(length: number): Uint8Array {
    const clamp = [0x0fffffff, 0x0ffffffc, 0x0ffffffc, 0x0ffffffc];
    const keyWords = this.#words.slice(place.keyBlock / 4, place.keyBlock / 4 + 8);
    this.#words.set(
      clamp.map((mask, i) => (keyWords[i] ?? 0) & mask),
      place.r / 4,
    );
    this.#words.fill(0, place.accumulator / 4, place.accumulator / 4 + 5);
    const blocks = Math.ceil(length / blockLength);
    const lengths = place.chunk + blocks * blockLength;
    this.#bytes.fill(0, place.chunk + length, lengths + blockLength);
    new DataView(this.#bytes.buffer).setUint32(lengths + 8, length, true);
    this.#run.poly(place.chunk, blocks + 1);
    return finishTag(this.#words.subarray(place.accumulator / 4, place.accumulator / 4 + 5), keyWords.subarray(4));
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
