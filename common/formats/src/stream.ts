import {
  type Bytes,
  concatBytes,
  copyBytes,
  encodeUtf8,
  expectLength,
  MalformedError,
  type RandomSource,
  randomBytes,
} from "@afterkeep/bytes";
import { aeadTagLength, DecryptionError, hkdf, openAead, sealAead } from "@afterkeep/crypto";
import { fileKeyLength } from "./age-header.ts";

/** Plaintext bytes in each chunk but the last. Source: C2SP age, Payload. */
export const chunkLength = 64 * 1024;
export const sealedChunkLength = chunkLength + aeadTagLength;
export const payloadNonceLength = 16;

/** ChaCha20-Poly1305 without associated data, one way. Sync or async: `R` is Bytes or Promise<Bytes>. Opening throws. */
export type ChunkAead<R> = (key: Uint8Array, nonce: Uint8Array, chunk: Uint8Array) => R;

const noAad = new Uint8Array(0);
/** The JavaScript cipher: slow (40 MB/s) but everywhere. */
export const sealChunk: ChunkAead<Bytes> = (key, nonce, chunk) => sealAead(key, nonce, noAad, chunk);
export const openChunk: ChunkAead<Bytes> = (key, nonce, chunk) => openAead(key, nonce, noAad, chunk);

/** The key of a payload: HKDF(file key, salt = payload nonce, "payload"). */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Bytes {
  expectLength(fileKey, fileKeyLength, "file key");
  return hkdf(fileKey, expectLength(nonce, payloadNonceLength, "payload nonce"), encodeUtf8("payload"), 32);
}

/** The nonce of chunk `index`: an 11-byte big-endian counter, then 0x01 for the last chunk, 0x00 before. */
export function chunkNonce(index: number, isLast: boolean): Bytes {
  if (!Number.isSafeInteger(index) || index < 0) throw new MalformedError("chunk index");
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(3, BigInt(index));
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Bytes of the payload (nonce ‖ STREAM) of `plaintextLen` bytes. */
export function payloadLength(plaintextLen: number): number {
  if (!Number.isSafeInteger(plaintextLen) || plaintextLen < 0) throw new MalformedError("plaintext length");
  return payloadNonceLength + plaintextLen + aeadTagLength * Math.max(1, Math.ceil(plaintextLen / chunkLength));
}

/** The plaintext length of a payload of `payloadLen` bytes. Throws MalformedError if no plaintext has such a payload. */
export function plaintextLength(payloadLen: number): number {
  const sealed = payloadLen - payloadNonceLength;
  const plaintextLen = sealed - aeadTagLength * Math.ceil(sealed / sealedChunkLength);
  if (!(plaintextLen >= 0) || payloadLength(plaintextLen) !== payloadLen) throw new MalformedError("payload length");
  return plaintextLen;
}

/** Cuts bytes into pieces of `length`; holds the last full piece back, because it may be the last one. */
class Chunker {
  readonly #length: number;
  #held = new Uint8Array(0);

  constructor(length: number) {
    this.#length = length;
  }

  push(bytes: Uint8Array): Bytes[] {
    const all = concatBytes(this.#held, bytes);
    const count = Math.max(0, Math.ceil(all.length / this.#length) - 1);
    this.#held = all.slice(count * this.#length);
    return Array.from({ length: count }, (_, i) => all.slice(i * this.#length, (i + 1) * this.#length));
  }

  rest(): Bytes {
    return this.#held;
  }
}

/**
 * Encrypts a stream of plaintext into the chunks of an age payload (the nonce not included). Outputs are in order and may be
 * promises, so that several chunks can be in work.
 * Invariant: one instance per (file key, nonce), because the counter starts at zero.
 */
export class StreamEncryptor<R> {
  readonly #key: Uint8Array;
  readonly #seal: ChunkAead<R>;
  readonly #chunker = new Chunker(chunkLength);
  #index = 0;
  #isFinished = false;

  constructor(key: Uint8Array, seal: ChunkAead<R>) {
    this.#key = expectLength(key, 32, "payload key");
    this.#seal = seal;
  }

  push(plaintext: Uint8Array): R[] {
    if (this.#isFinished) throw new MalformedError("open stream");
    return this.#chunker.push(plaintext).map((chunk) => this.#seal(this.#key, chunkNonce(this.#index++, false), chunk));
  }

  /** The last chunk; empty only if the whole plaintext is. */
  finish(): R {
    if (this.#isFinished) throw new MalformedError("open stream");
    this.#isFinished = true;
    return this.#seal(this.#key, chunkNonce(this.#index, true), this.#chunker.rest());
  }
}

/**
 * Decrypts the chunks of an untrusted age payload (the nonce not included). A chunk is authenticated before it is given out, the end
 * only by finish(): nothing may be kept unless it returned. `open` throws DecryptionError (or rejects).
 */
export class StreamDecryptor<R> {
  readonly #key: Uint8Array;
  readonly #open: ChunkAead<R>;
  readonly #chunker = new Chunker(sealedChunkLength);
  #index = 0;
  #isFinished = false;

  constructor(key: Uint8Array, open: ChunkAead<R>) {
    this.#key = expectLength(key, 32, "payload key");
    this.#open = open;
  }

  push(payload: Uint8Array): R[] {
    if (this.#isFinished) throw new MalformedError("open stream");
    return this.#chunker.push(payload).map((chunk) => this.#open(this.#key, chunkNonce(this.#index++, false), chunk));
  }

  /** The last chunk. Throws DecryptionError if the stream was cut, or ends in an empty chunk that no encryptor writes. */
  finish(): R {
    if (this.#isFinished) throw new MalformedError("open stream");
    this.#isFinished = true;
    const last = this.#chunker.rest();
    const isEmpty = last.length === aeadTagLength;
    if (last.length < aeadTagLength || (isEmpty && this.#index > 0)) throw new DecryptionError();
    return this.#open(this.#key, chunkNonce(this.#index, true), last);
  }
}

/** A whole payload in memory: nonce ‖ STREAM. For small bodies. */
export function sealPayload(fileKey: Uint8Array, plaintext: Uint8Array, random: RandomSource = randomBytes): Bytes {
  const nonce = copyBytes(random(payloadNonceLength));
  const encryptor = new StreamEncryptor(payloadKey(fileKey, nonce), sealChunk);
  return concatBytes(nonce, ...encryptor.push(plaintext), encryptor.finish());
}

/** Opens a whole untrusted payload. Throws DecryptionError. */
export function openPayload(fileKey: Uint8Array, payload: Uint8Array): Bytes {
  if (payload.length < payloadNonceLength + aeadTagLength) throw new DecryptionError();
  const decryptor = new StreamDecryptor(payloadKey(fileKey, payload.subarray(0, payloadNonceLength)), openChunk);
  const chunks = decryptor.push(payload.subarray(payloadNonceLength));
  return concatBytes(...chunks, decryptor.finish());
}
