import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import { concatBytes, copyBytes, decodeHex, encodeHex, encodeUtf8 } from "@afterkeep/bytes";
import { generateSigningKey, isSafePublicKey, sign, signingKeyFromSeed, thumb, verify } from "./ed25519.ts";

const message = encodeUtf8("a policy");
const key = signingKeyFromSeed(new Uint8Array(32).fill(9));

// All encodings of the eight small-order points, canonical or not. Source: Chalkias et al., "Taming the many EdDSAs", table 1.
const smallOrder = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

const order = 2n ** 252n + 27742317777372353535851937790883648493n;

describe("Ed25519", () => {
  it("verifies what it signed, and nothing else", () => {
    const signature = sign(message, key);
    expect(verify(signature, message, key.publicKey)).toBe(true);
    expect(verify(signature, encodeUtf8("another"), key.publicKey)).toBe(false);
    expect(verify(signature, message, generateSigningKey().publicKey)).toBe(false);
  });

  it("answers false, never throws, for anything of the wrong length", () => {
    const signature = sign(message, key);
    expect(verify(signature.subarray(1), message, key.publicKey)).toBe(false);
    expect(verify(concatBytes(signature, Uint8Array.of(0)), message, key.publicKey)).toBe(false);
    expect(verify(signature, message, key.publicKey.subarray(1))).toBe(false);
  });

  it.each(smallOrder)("refuses the small-order key %s, under which one signature fits any message", (hex) => {
    const publicKey = decodeHex(hex);
    const identityAndZero = concatBytes(decodeHex(smallOrder[0] ?? ""), new Uint8Array(32));
    expect(isSafePublicKey(publicKey)).toBe(false);
    expect(verify(identityAndZero, message, publicKey)).toBe(false);
  });

  it("refuses a second signature made by adding the group order to s", () => {
    const signature = sign(message, key);
    const s = BigInt(`0x${encodeHex(signature.slice(32).reverse())}`) + order;
    const malleated = concatBytes(signature.slice(0, 32), decodeHex(s.toString(16).padStart(64, "0")).reverse());
    expect(verify(malleated, message, key.publicKey)).toBe(false);
  });

  it("refuses a second spelling of a point in a signature that is right otherwise", () => {
    // R is the neutral point, once as 1 and once as p + 1; s = k·a makes the equation hold for both spellings.
    const { scalar } = ed25519.utils.getExtendedPublicKey(key.seed);
    const forge = (pointHex: string) => {
      const point = decodeHex(pointHex);
      const digest = sha512(concatBytes(point, key.publicKey, message));
      const k = BigInt(`0x${encodeHex(digest.reverse())}`);
      const s = decodeHex(((k * scalar) % order).toString(16).padStart(64, "0")).reverse();
      return concatBytes(point, s);
    };
    expect(verify(forge(smallOrder[0] ?? ""), message, key.publicKey)).toBe(true);
    expect(verify(forge("ee".padEnd(62, "f") + "7f"), message, key.publicKey)).toBe(false);
  });

  it("refuses every one-bit change of a signature", () => {
    const signature = sign(message, key);
    for (let bit = 0; bit < 512; bit += 7) {
      const changed = copyBytes(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verify(changed, message, key.publicKey)).toBe(false);
    }
  });

  it("names a key by the thumbprint of RFC 8037", () => {
    // Source: RFC 8037, appendix A.1 and A.3.
    const publicKey = decodeHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    expect(thumb(publicKey)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });
});
