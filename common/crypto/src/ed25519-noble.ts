import { type Bytes, copyBytes } from "@afterkeep/bytes";
import { ed25519 } from "@noble/curves/ed25519.js";
import type { SigningKey } from "./signing-key.ts";

/** Ed25519 in plain JavaScript: where there is no node:crypto. */
export const ed25519Engine = {
  publicKeyOf: (seed: Uint8Array): Bytes => copyBytes(ed25519.getPublicKey(seed)),

  sign: (message: Uint8Array, { seed }: SigningKey): Bytes => copyBytes(ed25519.sign(message, seed)),

  /** Without ZIP-215, noble refuses small-order and second spellings itself. */
  verify: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean => {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};
