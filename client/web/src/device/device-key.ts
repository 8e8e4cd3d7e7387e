import type { StatementSigner } from "@afterkeep/statements";
import { readKept, writeKept } from "./keep.ts";

const name = "device-key";

function isKeyPair(value: unknown): value is CryptoKeyPair {
  return (
    typeof value === "object" &&
    value !== null &&
    "privateKey" in value &&
    "publicKey" in value &&
    value.privateKey instanceof CryptoKey &&
    value.publicKey instanceof CryptoKey
  );
}

async function signerOf(pair: CryptoKeyPair): Promise<StatementSigner> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    publicKey,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(bytes))),
  };
}

/**
 * This browser's own Ed25519 key. Its private half cannot be exported, not even by this page: whoever copies what the page can
 * read still cannot check in from elsewhere.
 */
export const browserDeviceKey = {
  async find(): Promise<StatementSigner | null> {
    const kept = await readKept(name);
    return isKeyPair(kept) ? signerOf(kept) : null;
  },
  async make(): Promise<StatementSigner> {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    if (!isKeyPair(pair)) throw new TypeError("this browser cannot make an Ed25519 key");
    await writeKept(name, pair);
    return signerOf(pair);
  },
};
