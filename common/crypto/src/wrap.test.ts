import { describe, expect, it } from "vitest";
import { concatBytes, copyBytes, encodeUtf8 } from "@afterkeep/bytes";
import { sealAead } from "./aead.ts";
import { DecryptionError } from "./errors.ts";
import { hkdf } from "./hkdf.ts";
import { unwrap, wrap, wrapOverhead } from "./wrap.ts";

const ikm = new Uint8Array(32).fill(1);
const info = encodeUtf8("where");
const aad = encodeUtf8("what");
const secret = encodeUtf8("a secret");
const wrapped = wrap(ikm, info, aad, secret);

describe("wraps", () => {
  it("open with the same secret, info and aad, and are 80 bytes longer", () => {
    expect(unwrap(ikm, info, aad, wrapped)).toEqual(secret);
    expect(wrapped).toHaveLength(secret.length + wrapOverhead);
    expect(unwrap(ikm, info, aad, wrap(ikm, info, aad, new Uint8Array(0)))).toHaveLength(0);
  });

  it("never repeat: the salt is fresh each time", () => {
    expect(wrap(ikm, info, aad, secret)).not.toEqual(wrapped);
  });

  it("refuse another secret, info or aad", () => {
    const other = new Uint8Array(32).fill(2);
    for (const attempt of [
      () => unwrap(other, info, aad, wrapped),
      () => unwrap(ikm, aad, aad, wrapped),
      () => unwrap(ikm, info, info, wrapped),
    ]) {
      expect(attempt).toThrow(DecryptionError);
    }
  });

  it("refuse every one-bit change and every shortening, with one message", () => {
    const messages = new Set<string>();
    const attempt = (bytes: Uint8Array) => {
      try {
        unwrap(ikm, info, aad, bytes);
        messages.add("opened");
      } catch (error) {
        messages.add(error instanceof DecryptionError ? error.message : String(error));
      }
    };
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const changed = copyBytes(wrapped);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      attempt(changed);
    }
    for (let length = 0; length < wrapped.length; length++) attempt(wrapped.subarray(0, length));
    attempt(concatBytes(wrapped, Uint8Array.of(0)));
    expect([...messages]).toEqual([new DecryptionError().message]);
  });

  it("refuse a valid ciphertext whose commitment is another key's (a key-guessing oracle)", () => {
    const salt = new Uint8Array(32).fill(7);
    const key = hkdf(ikm, salt, info, 64).slice(0, 32);
    const forged = concatBytes(salt, new Uint8Array(32), sealAead(key, new Uint8Array(12), aad, secret));
    expect(() => unwrap(ikm, info, aad, forged)).toThrow(DecryptionError);
  });

  it("refuse a random source that gives too little", () => {
    expect(() => wrap(ikm, info, aad, secret, () => new Uint8Array(16))).toThrow("random source");
  });
});

describe("HKDF", () => {
  it("refuses an info that some platforms refuse, and impossible lengths", () => {
    expect(hkdf(ikm, info, new Uint8Array(1024), 8160)).toHaveLength(8160);
    expect(() => hkdf(ikm, info, new Uint8Array(1025), 32)).toThrow("1024");
    for (const length of [0, -1, 1.5, 8161]) expect(() => hkdf(ikm, info, info, length)).toThrow("length");
  });
});
