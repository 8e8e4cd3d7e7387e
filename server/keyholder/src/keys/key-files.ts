import { existsSync } from "node:fs";
import { join } from "node:path";
import { decodeBase64urlExact, encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, sha256, type SigningKey, signingKeyFromSeed, thumb } from "@afterkeep/crypto";
import { generateIdentity, parseIdentity, recipientOf } from "@afterkeep/formats";
import { InvariantError, type KeySeal } from "@afterkeep/platform";
import { z } from "zod";
import { measureSealedBlob } from "../accept/blob.ts";
import { KeyFiles, keyFileNames } from "./sealed-files.ts";
import { writePrivateFileNow } from "./private-file.ts";

const signingFile = z.strictObject({ seed: z.string(), nextKey: z.string() });

/** The keyholder's own keys. None of them ever leaves its folder. */
export type KeyholderKeys = {
  readonly signing: SigningKey;
  readonly thumb: string;
  /** H(next public key): the first pin commits to it, so that a stolen signing key cannot name its own successor. */
  readonly nextKey: string;
  /** Key-encryption key of the shares: AES-256, apart from the kms zone's. */
  readonly kek: Uint8Array;
  /** To whom the 256-byte blob of every check-in is sealed. */
  readonly blobKey: string;
  readonly sealedBlobLength: number;
};

const offlineNote = [
  "# This is the keyholder's NEXT signing key. It belongs offline: move this file to a medium that is not connected,",
  "# keep it with your recovery papers, and delete it here. Receipts already commit to it.",
];

/**
 * Opens the keys in `folder`, making them at the first start. They lie sealed with `seal`, also those that lay there unsealed.
 * Throws InvariantError if a store is there that lost its keys, and what `seal` throws when they do not open.
 */
export async function openKeys(folder: string, seal: KeySeal): Promise<KeyholderKeys> {
  requireKeysOfStore(folder);
  const files = new KeyFiles(folder, seal);
  const file = signingFile.parse(JSON.parse(files.readOrCreate("signing.key", () => makeSigning(folder))));
  const signing = signingKeyFromSeed(decodeBase64urlExact(file.seed, 32, "keyholder signing key"));
  const kek = files.readOrCreate("share.kek", () => encodeBase64url(randomBytes(32)));
  const newBlobIdentity = files.has("blob.identity") ? "" : await generateIdentity("hybrid");
  const blobKey = await recipientOf(parseIdentity(files.readOrCreate("blob.identity", () => newBlobIdentity)));
  const keys = {
    signing,
    thumb: thumb(signing.publicKey),
    nextKey: file.nextKey,
    kek: decodeBase64urlExact(kek, 32, "keyholder KEK"),
    blobKey,
    sealedBlobLength: await measureSealedBlob(blobKey),
  };
  files.sealBare();
  return keys;
}

// Why: with new keys an old store would start and look well, but no share in it would ever open, and no client would believe it.
function requireKeysOfStore(folder: string): void {
  if (!existsSync(join(folder, "keyholder.sqlite"))) return;
  const missing = keyFileNames.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return;
  throw new InvariantError("keys-lost", `The keyholder's keys are missing beside its store: ${missing.join(", ")}.`, {
    next: "Put the files back from the backup that the store belongs to.",
  });
}

// Why the next key first: a signing key without its successor could never be rotated.
function makeSigning(folder: string): string {
  const next = generateSigningKey();
  writePrivateFileNow(join(folder, "next-key.OFFLINE"), [...offlineNote, encodeBase64url(next.seed), ""].join("\n"));
  return JSON.stringify({
    seed: encodeBase64url(generateSigningKey().seed),
    nextKey: encodeBase64url(sha256(next.publicKey)),
  });
}
