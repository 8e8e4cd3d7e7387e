import { createCipheriv, createDecipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, copyBytes, randomBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  type ChunkAead,
  chunkLength,
  chunkNonce,
  openChunk,
  openPayload,
  payloadKey,
  payloadLength,
  plaintextLength,
  sealChunk,
  sealedChunkLength,
  sealPayload,
  StreamDecryptor,
  StreamEncryptor,
} from "./stream.ts";

const fileKey = new Uint8Array(16).fill(6);
const key = payloadKey(fileKey, new Uint8Array(16).fill(8));
const edgeLengths = [0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 2 * chunkLength, 2 * chunkLength + 5];

const nativeSeal: ChunkAead<Promise<Uint8Array>> = async (k, nonce, chunk) => {
  const cipher = createCipheriv("chacha20-poly1305", k, nonce, { authTagLength: 16 });
  return concatBytes(cipher.update(chunk), cipher.final(), cipher.getAuthTag());
};
const nativeOpen: ChunkAead<Promise<Uint8Array>> = async (k, nonce, chunk) => {
  const decipher = createDecipheriv("chacha20-poly1305", k, nonce, { authTagLength: 16 });
  decipher.setAuthTag(chunk.subarray(chunk.length - 16));
  return concatBytes(decipher.update(chunk.subarray(0, chunk.length - 16)), decipher.final());
};

function seal(plaintext: Uint8Array): Uint8Array[] {
  const encryptor = new StreamEncryptor(key, sealChunk);
  return [...encryptor.push(plaintext), encryptor.finish()];
}

function open(chunks: readonly Uint8Array[]): Uint8Array {
  const decryptor = new StreamDecryptor(key, openChunk);
  const plain = chunks.flatMap((chunk) => decryptor.push(chunk));
  return concatBytes(...plain, decryptor.finish());
}

/** Cuts bytes at arbitrary places. */
const cuts = fc.array(fc.integer({ min: 0, max: 3 * chunkLength }), { maxLength: 6 });
function cutAt(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
}

describe("payload stream", () => {
  it.each(edgeLengths)("brings %d bytes back, in a payload of the computed length", (length) => {
    const plaintext = randomBytes(length);
    const payload = sealPayload(fileKey, plaintext);
    expect(payload).toHaveLength(payloadLength(length));
    expect(plaintextLength(payload.length)).toBe(length);
    expect(openPayload(fileKey, payload)).toEqual(plaintext);
  });

  it("does not depend on how the bytes arrive, nor on which cipher does the work", async () => {
    const plaintext = randomBytes(2 * chunkLength + 77);
    const whole = concatBytes(...seal(plaintext));
    await fc.assert(
      fc.asyncProperty(cuts, cuts, async (plainCuts, sealedCuts) => {
        const encryptor = new StreamEncryptor(key, nativeSeal);
        const sealed = cutAt(plaintext, plainCuts).flatMap((part) => encryptor.push(part));
        expect(concatBytes(...(await Promise.all([...sealed, encryptor.finish()])))).toEqual(whole);
        const decryptor = new StreamDecryptor(key, nativeOpen);
        const opened = cutAt(whole, sealedCuts).flatMap((part) => decryptor.push(part));
        expect(concatBytes(...(await Promise.all([...opened, decryptor.finish()])))).toEqual(plaintext);
      }),
      { numRuns: 10 },
    );
  });

  it("keeps what was pushed, even if the caller fills the buffer again", () => {
    const buffer = new Uint8Array(10).fill(1);
    const encryptor = new StreamEncryptor(key, sealChunk);
    encryptor.push(buffer);
    buffer.fill(2);
    expect(open([encryptor.finish()])).toEqual(new Uint8Array(10).fill(1));
  });

  it("counts chunks in eleven bytes and marks the last", () => {
    expect(chunkNonce(0x0102_0304_0506, false)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0));
    expect(chunkNonce(0, true)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    expect(() => chunkNonce(-1, false)).toThrow();
  });
});

describe("attacks on a payload", () => {
  const chunks = seal(randomBytes(2 * chunkLength + 9));
  const [first = new Uint8Array(0), second = new Uint8Array(0), last = new Uint8Array(0)] = chunks;

  it.each([
    ["cut after the first chunk", [first]],
    ["cut after the second chunk", [first, second]],
    ["cut within the last chunk", [first, second, last.subarray(0, -1)]],
    ["cut within the last tag", [first, second, last.subarray(0, 10)]],
    ["without a byte", []],
    ["with two chunks swapped", [second, first, last]],
    ["with a chunk left out", [first, last]],
    ["with a chunk doubled", [first, first, second, last]],
    ["with a byte behind the end", [first, second, last, Uint8Array.of(0)]],
    ["with the last chunk again behind the end", [first, second, last, last]],
    [
      "with another payload's chunk",
      [first, sealChunk(new Uint8Array(32), chunkNonce(1, false), first.subarray(16)), last],
    ],
  ])("a payload %s is refused", (_, parts) => {
    expect(() => open(parts)).toThrow(DecryptionError);
  });

  it("an empty last chunk behind a full one is refused, though its tag is right", () => {
    const full = sealChunk(key, chunkNonce(0, false), new Uint8Array(chunkLength));
    const empty = sealChunk(key, chunkNonce(1, true), new Uint8Array(0));
    expect(() => open([full, empty])).toThrow(DecryptionError);
  });

  it("every changed byte of a small payload is noticed", () => {
    const payload = sealPayload(fileKey, randomBytes(20));
    for (let at = 0; at < payload.length; at++) {
      const changed = copyBytes(payload);
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      expect(() => openPayload(fileKey, changed)).toThrow(DecryptionError);
    }
    for (let length = 0; length < payload.length; length++) {
      expect(() => openPayload(fileKey, payload.subarray(0, length))).toThrow(DecryptionError);
    }
  });

  it("a finished stream takes no more", () => {
    const encryptor = new StreamEncryptor(key, sealChunk);
    encryptor.finish();
    expect(() => encryptor.push(new Uint8Array(1))).toThrow();
    expect(() => encryptor.finish()).toThrow();
  });

  it("lengths that no payload has are refused", () => {
    for (const length of [0, 31, 16 + sealedChunkLength + 1, 16 + sealedChunkLength + 16, -1, 0.5]) {
      expect(() => plaintextLength(length)).toThrow("payload length");
    }
  });
});
