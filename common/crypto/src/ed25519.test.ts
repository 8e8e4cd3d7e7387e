import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { describe, expect, it } from "vitest";
import { concatBytes, copyBytes, decodeHex, encodeHex, encodeUtf8 } from "@afterkeep/bytes";
import { ed25519Engine as nodeEngine } from "./ed25519-node.ts";
import { ed25519Engine as nobleEngine } from "./ed25519-noble.ts";
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

// y at or above p with both signs (3 and p + 3 are one y), y = 2 with no x, and the largest number that 32 bytes hold.
const fieldSpellings = [
  "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "0200000000000000000000000000000000000000000000000000000000000000",
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

const order = 2n ** 252n + 27742317777372353535851937790883648493n;

describe.each([
  ["node:crypto", nodeEngine],
  ["noble", nobleEngine],
])("Ed25519 by %s", (_, engine) => {
  it("verifies what it signed, and nothing else", () => {
    const signature = engine.sign(message, key);
    expect(engine.verify(signature, message, key.publicKey)).toBe(true);
    expect(engine.verify(signature, encodeUtf8("another"), key.publicKey)).toBe(false);
    expect(engine.verify(signature, message, generateSigningKey().publicKey)).toBe(false);
  });

  it.each(smallOrder)("refuses the small-order key %s, under which one signature fits any message", (hex) => {
    const publicKey = decodeHex(hex);
    const identityAndZero = concatBytes(decodeHex(smallOrder[0] ?? ""), new Uint8Array(32));
    expect(engine.verify(identityAndZero, message, publicKey)).toBe(false);
  });

  it("refuses a second signature made by adding the group order to s", () => {
    const signature = engine.sign(message, key);
    const s = BigInt(`0x${encodeHex(signature.slice(32).reverse())}`) + order;
    const malleated = concatBytes(signature.slice(0, 32), decodeHex(s.toString(16).padStart(64, "0")).reverse());
    expect(engine.verify(malleated, message, key.publicKey)).toBe(false);
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
    // OpenSSL refuses the neutral point however it is spelled.
    expect(engine.verify(forge(smallOrder[0] ?? ""), message, key.publicKey)).toBe(engine === nobleEngine);
    expect(engine.verify(forge("ee".padEnd(62, "f") + "7f"), message, key.publicKey)).toBe(false);
  });

  it("refuses every one-bit change of a signature", () => {
    const signature = engine.sign(message, key);
    for (let bit = 0; bit < 512; bit += 7) {
      const changed = copyBytes(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(engine.verify(changed, message, key.publicKey)).toBe(false);
    }
  });

  it.each(fieldSpellings)("refuses the key %s, a second spelling of a point or none", (hex) => {
    const publicKey = decodeHex(hex);
    expect(engine.verify(engine.sign(message, { ...key, publicKey }), message, publicKey)).toBe(false);
    expect(isSafePublicKey(publicKey)).toBe(false);
  });

  it("makes the keys and signatures of RFC 8032", () => {
    // Source: RFC 8032 §7.1, TEST 2.
    const seed = decodeHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const publicKey = engine.publicKeyOf(seed);
    expect(encodeHex(publicKey)).toBe("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    expect(encodeHex(engine.sign(Uint8Array.of(0x72), { seed, publicKey }))).toBe(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
  });
});

describe("Ed25519", () => {
  it("answers false, never throws, for anything of the wrong length", () => {
    const signature = sign(message, key);
    expect(verify(signature.subarray(1), message, key.publicKey)).toBe(false);
    expect(verify(concatBytes(signature, Uint8Array.of(0)), message, key.publicKey)).toBe(false);
    expect(verify(signature, message, key.publicKey.subarray(1))).toBe(false);
  });

  it("names a key by the thumbprint of RFC 8037", () => {
    // Source: RFC 8037, appendix A.1 and A.3.
    const publicKey = decodeHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    expect(thumb(publicKey)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  it.each(smallOrder)("calls the small-order key %s unsafe", (hex) => {
    expect(isSafePublicKey(decodeHex(hex))).toBe(false);
  });

  it("is judged more strictly by node:crypto only where the key's own holder mixed in a point of small order", () => {
    const { scalar } = ed25519.utils.getExtendedPublicKey(key.seed);
    const r = 7n;
    const point = ed25519.Point.BASE.multiply(r)
      .add(ed25519.Point.fromHex(smallOrder[4] ?? ""))
      .toBytes();
    const digest = sha512(concatBytes(point, key.publicKey, message));
    const k = BigInt(`0x${encodeHex(digest.reverse())}`) % order;
    const s = decodeHex(((r + k * scalar) % order).toString(16).padStart(64, "0")).reverse();
    const mixed = concatBytes(point, s);
    expect(nobleEngine.verify(mixed, message, key.publicKey)).toBe(true);
    expect(nodeEngine.verify(mixed, message, key.publicKey)).toBe(false);
  });
});
