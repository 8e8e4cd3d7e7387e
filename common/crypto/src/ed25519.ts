import {
  type Bytes,
  copyBytes,
  encodeBase64url,
  encodeUtf8,
  expectLength,
  type RandomSource,
  randomBytes,
} from "@afterkeep/bytes";
import { ed25519Engine } from "#ed25519";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "./digest.ts";
import type { SigningKey } from "./signing-key.ts";

/** A new signing key. */
export function generateSigningKey(random: RandomSource = randomBytes): SigningKey {
  return signingKeyFromSeed(random(32));
}

/** The signing key of a 32-byte seed (RFC 8032 §5.1.5). */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  const own = copyBytes(expectLength(seed, 32, "Ed25519 seed"));
  return { seed: own, publicKey: ed25519Engine.publicKeyOf(own) };
}

/** Ed25519 signature, 64 bytes, deterministic (RFC 8032). */
export function sign(message: Uint8Array, key: SigningKey): Bytes {
  return ed25519Engine.sign(message, key);
}

/**
 * Whether `signature` is by `publicKey` over `message`. All three are untrusted; nothing throws.
 *
 * Why strict: with ZIP-215 rules or a small-order key, one signature verifies for many messages, and "the owner signed this
 * policy" would no longer name one policy. Source: RFC 8032 §5.1.7; Chalkias et al., "Taming the many EdDSAs".
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return signature.length === 64 && publicKey.length === 32 && ed25519Engine.verify(signature, message, publicKey);
}

/** Whether 32 untrusted bytes are a canonically encoded Ed25519 point of full (not small) order. */
export function isSafePublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false;
  }
}

/** The RFC 7638 thumbprint of a raw Ed25519 public key: SHA-256 of its JWK (RFC 8037 §2), 32 bytes. */
export function thumbBytes(publicKey: Uint8Array): Bytes {
  const x = encodeBase64url(expectLength(publicKey, 32, "Ed25519 public key"));
  return sha256(encodeUtf8(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`));
}

/** As thumbBytes, in 43 characters of base64url: the `kid` of statements. */
export function thumb(publicKey: Uint8Array): string {
  return encodeBase64url(thumbBytes(publicKey));
}
