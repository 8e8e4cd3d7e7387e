import { type Bytes, copyBytes, equalBytes } from "@afterkeep/bytes";
import { DecryptionError, startSha256 } from "@afterkeep/crypto";
import { openChunk, sealChunk } from "@afterkeep/formats";
import type { NativeCrypto } from "./native.ts";

const algorithm = "ChaCha20-Poly1305";
const keys = new WeakMap<Uint8Array, Promise<CryptoKey>>();

let chosen: Promise<NativeCrypto> | undefined;

/** WebCrypto's ChaCha20-Poly1305 where the browser has it and it gives the right bytes, else JavaScript. Tested once. */
export function nativeCrypto(): Promise<NativeCrypto> {
  chosen ??= hasWebChaCha().then((has) => (has ? webCrypto : javascriptCrypto));
  return chosen;
}

const javascriptCrypto: NativeCrypto = { name: "javascript", sealChunk, openChunk, newSha256: startSha256 };

const webCrypto: NativeCrypto = {
  name: "webcrypto",
  sealChunk: async (key, nonce, chunk) =>
    new Uint8Array(await crypto.subtle.encrypt(parameters(nonce), await importKey(key), copyBytes(chunk))),
  openChunk: async (key, nonce, chunk) => {
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters(nonce), await importKey(key), copyBytes(chunk)));
    } catch {
      throw new DecryptionError();
    }
  },
  newSha256: startSha256,
};

/** Why compared with the JavaScript cipher: a browser may know the name and still read the parameters differently. */
async function hasWebChaCha(): Promise<boolean> {
  const key = new Uint8Array(32).fill(7);
  const nonce = new Uint8Array(12).fill(9);
  const sample = new Uint8Array(100).fill(1);
  try {
    const sealed = await webCrypto.sealChunk(key, nonce, sample);
    const opened = await webCrypto.openChunk(key, nonce, sealed);
    return equalBytes(sealed, sealChunk(key, nonce, sample)) && equalBytes(opened, sample);
  } catch {
    return false;
  }
}

/** Source: WICG "Modern Algorithms in the Web Cryptography API", ChaCha20-Poly1305. */
function parameters(nonce: Uint8Array): AlgorithmIdentifier & { iv: Bytes; tagLength: number } {
  return { name: algorithm, iv: copyBytes(nonce), tagLength: 128 };
}

function importKey(key: Uint8Array): Promise<CryptoKey> {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const imported = crypto.subtle.importKey("raw-secret" as "raw", copyBytes(key), algorithm, false, [
    "encrypt",
    "decrypt",
  ]);
  keys.set(key, imported);
  return imported;
}
