import * as crypto from "node:crypto";
import { type Bytes, concatBytes, copyBytes, decodeHex } from "@afterkeep/bytes";
import type { SigningKey } from "./signing-key.ts";

// DER up to the 32 bytes of the key. Source: RFC 8410 §4 and §7, appendix A.
const spkiHead = decodeHex("302a300506032b6570032100");
const pkcs8Head = decodeHex("302e020100300506032b657004220420");
/** The y of the points of small order, without the bit of their sign. Source: Chalkias et al., "Taming the many EdDSAs", table 1. */
const smallOrder = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => decodeHex(hex));
/** Why remembered: bringing a key into OpenSSL takes as long as signing with it. */
const prepared = new WeakMap<SigningKey, crypto.KeyObject>();

/**
 * OpenSSL through node:crypto, ten times faster. Chosen by the package's `imports` map, so that no browser bundle ever meets a `node:` import.
 * It compares R byte by byte, without cofactor, and refuses a small-order R: stricter than noble towards signatures that only the key's own holder can make.
 */
export const ed25519Engine = {
  publicKeyOf: (seed: Uint8Array): Bytes => {
    const spki = crypto.createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" });
    return copyBytes(spki.subarray(spkiHead.length));
  },

  sign: (message: Uint8Array, key: SigningKey): Bytes => {
    const ready = prepared.get(key) ?? privateKey(key.seed);
    prepared.set(key, ready);
    return copyBytes(crypto.sign(null, message, ready));
  },

  verify: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean => {
    if (!isCanonical(publicKey) || isSmallOrder(publicKey)) return false;
    const der = Buffer.from(concatBytes(spkiHead, publicKey));
    return crypto.verify(null, message, { key: der, format: "der", type: "spki" }, signature);
  },
};

/** Whether y is below p = 2^255 - 19, which OpenSSL does not ask. */
function isCanonical(publicKey: Uint8Array): boolean {
  const isHigh = withoutSign(publicKey, 31) === 0x7f && publicKey.subarray(1, 31).every((byte) => byte === 0xff);
  return !isHigh || (publicKey[0] ?? 0) < 0xed;
}

function isSmallOrder(publicKey: Uint8Array): boolean {
  return smallOrder.some((point) => point.every((byte, i) => byte === withoutSign(publicKey, i)));
}

function withoutSign(publicKey: Uint8Array, i: number): number {
  return (publicKey[i] ?? 0) & (i === 31 ? 0x7f : 0xff);
}

function privateKey(seed: Uint8Array): crypto.KeyObject {
  const der = Buffer.from(concatBytes(pkcs8Head, seed));
  return crypto.createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}
