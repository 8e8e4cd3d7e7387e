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

/** Cuts bytes into pieces of `length`; holds a full piece back until more follows, because it may be the last one. */
class Chunker {
  readonly #length: number;
  #parts: Bytes[] = [];
  #held = 0;

  constructor(length: number) {
    this.#length = length;
  }

  push(bytes: Uint8Array): Bytes[] {
    const full: Bytes[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.#held === this.#length) full.push(this.take());
      // Why a copy: the caller may fill the same buffer again while an asynchronous cipher still reads.
      const part = copyBytes(bytes.subarray(at, at + this.#length - this.#held));
      this.#parts.push(part);
      this.#held += part.length;
      at += part.length;
    }
    return full;
  }

  take(): Bytes {
    const [only, ...more] = this.#parts;
    const piece = only !== undefined && more.length === 0 ? only : concatBytes(...this.#parts);
    this.#parts = [];
    this.#held = 0;
    return piece;
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
    return this.#seal(this.#key, chunkNonce(this.#index, true), this.#chunker.take());
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
    const last = this.#chunker.take();
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
