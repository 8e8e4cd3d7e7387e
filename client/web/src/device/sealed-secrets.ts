import { readKept, writeKept } from "./keep.ts";

const keyName = "secrets-key";
const secretsName = "secrets";

async function findOrMakeKey(): Promise<CryptoKey> {
  const kept = await readKept(keyName);
  if (kept instanceof CryptoKey) return kept;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await writeKept(keyName, key);
  return key;
}

function isSealed(value: unknown): value is { nonce: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer } {
  return (
    typeof value === "object" &&
    value !== null &&
    "nonce" in value &&
    "sealed" in value &&
    value.nonce instanceof Uint8Array &&
    value.sealed instanceof ArrayBuffer
  );
}

/**
 * A belt, not a wall: the key beside it cannot be exported, so a copied value is useless without the browser's own profile, but
 * whoever holds the unlocked device can use it. The passphrase slot and the key file are what survives a lost browser.
 */
export async function writeSealedSecrets(value: unknown): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await findOrMakeKey(), text);
  await writeKept(secretsName, { nonce, sealed });
}

export async function readSealedSecrets(): Promise<unknown> {
  const kept = await readKept(secretsName);
  if (!isSealed(kept)) return null;
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.nonce }, await findOrMakeKey(), kept.sealed);
  return JSON.parse(new TextDecoder().decode(text)) as unknown;
}
