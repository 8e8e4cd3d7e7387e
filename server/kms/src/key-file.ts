import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { encodeUtf8 } from "@afterkeep/bytes";
import { ctx } from "@afterkeep/crypto";
import { InvariantError, type KeySeal, writePrivateFile } from "@afterkeep/platform";
import { z } from "zod";
import { decryptAesGcm, encryptAesGcm } from "./aes-gcm.ts";
import { createApiSecrets, type ApiSecrets, apiSecretsSchema } from "./api-secrets.ts";

/** A key-encryption key (32 bytes) under the id that stands in everything it wrapped (8 bytes). */
export type Kek = { id: Uint8Array; key: Uint8Array };
export type KmsKeys = { kek: Kek; apiSecrets: ApiSecrets };

const b64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
// Why one file: two could disagree after a crash, and a lost half would be replaced by fresh keys that open nothing.
const fileSchema = z.strictObject({
  v: z.literal(1),
  kek: z.strictObject({ id: b64url.length(11), key: b64url.length(43) }),
  apiSecrets: b64url,
});
const fileName = "keys.json";
const secretsPlace = ctx("kms-api-secrets");

/**
 * Reads `keys.json` of the folder, or makes it when there is none (0600, whole or not at all, on disk before this returns),
 * sealed with `seal`: also one that lay there unsealed. Throws what `seal` throws when it does not open; throws InvariantError `kms-keys-unreadable` when it is there and not intact: fresh keys would open nothing of what exists; and
 * `kms-keys-exposed` when others than its owner may read or write it.
 */
export async function openKeyFile(folder: string, seal: KeySeal): Promise<KmsKeys> {
  const path = join(folder, fileName);
  const text = await readKeyFile(path);
  if (text === null) return createKeys(path, seal);
  const { content, isBare } = seal.open(fileName, text);
  const keys = decodeKeys(content);
  if (isBare) await writePrivateFile(path, `${seal.seal(fileName, content)}\n`);
  return keys;
}

async function readKeyFile(path: string): Promise<string | null> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (file === null) return null;
  try {
    if (((await file.stat()).mode & 0o077) !== 0) throw exposed();
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

function exposed(): InvariantError {
  return new InvariantError("kms-keys-exposed", "Others than its owner may read or write the key file of the kms.", {
    next: "Find out who has read it, then take their rights away (mode 0600).",
  });
}

async function createKeys(path: string, seal: KeySeal): Promise<KmsKeys> {
  const kek = { id: randomBytes(8), key: randomBytes(32) };
  const apiSecrets = await createApiSecrets();
  const encrypted = encryptAesGcm(kek.key, secretsPlace, encodeUtf8(JSON.stringify(apiSecrets)));
  const file: z.infer<typeof fileSchema> = {
    v: 1,
    kek: { id: kek.id.toString("base64url"), key: kek.key.toString("base64url") },
    apiSecrets: encrypted.toString("base64url"),
  };
  await writePrivateFile(path, `${seal.seal(fileName, JSON.stringify(file))}\n`);
  return { kek, apiSecrets };
}

function decodeKeys(text: string): KmsKeys {
  try {
    const file = fileSchema.parse(JSON.parse(text));
    const kek = { id: Buffer.from(file.kek.id, "base64url"), key: Buffer.from(file.kek.key, "base64url") };
    const secrets = decryptAesGcm(kek.key, secretsPlace, Buffer.from(file.apiSecrets, "base64url"));
    return { kek, apiSecrets: apiSecretsSchema.parse(JSON.parse(secrets.toString("utf8"))) };
  } catch {
    // Why no cause: a parser's message quotes what it read.
    throw new InvariantError("kms-keys-unreadable", "The key file of the kms is damaged; nothing was changed.", {
      next: "Restore it from the backup of the kms folder. New keys would open nothing that exists.",
    });
  }
}
