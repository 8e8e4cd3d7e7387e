import { type Bytes, concatBytes, copyBytes, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { parseHeader } from "./age-header.ts";
import type { AgeIdentity, AgeRecipient } from "./age-keys.ts";
import { createHeader, expectUniformStanzas, newFileKey, unwrapFileKey } from "./file-key.ts";
import { openPayload, sealPayload } from "./stream.ts";

/** The largest sealed body, bytes: manifests. Documents go through the stream classes. */
export const maxSmallFile = 16 * 2 ** 20;

/**
 * Seals a small body (a manifest, a share, a challenge) to recipients of one kind as a whole age file with exactly one stanza
 * each. Says nothing about who sealed it: signatures and commitments do.
 */
export async function ageSealSmall(recipients: readonly AgeRecipient[], plaintext: Uint8Array): Promise<Bytes> {
  const fileKey = newFileKey();
  const header = await createHeader(fileKey, recipients, { pad: "exact" });
  const file = concatBytes(header, sealPayload(fileKey, plaintext));
  if (file.length > maxSmallFile) throw new MalformedError("body of at most 16 MiB");
  return file;
}

/**
 * Opens an untrusted small age file. `null` if the identity is not a recipient; MalformedError on its form or mixed stanzas;
 * DecryptionError if anything was changed.
 */
export async function ageOpenSmall(identity: AgeIdentity, file: Uint8Array): Promise<Bytes | null> {
  if (file.length > maxSmallFile) throw new MalformedError("body of at most 16 MiB");
  const header = parseHeader(file);
  expectUniformStanzas(header);
  const fileKey = await unwrapFileKey(file, [identity]);
  return fileKey === null ? null : openPayload(fileKey, copyBytes(file.subarray(header.length)));
}

/** As ageOpenSmall where the identity must be a recipient: DecryptionError for every failure, form included. */
export async function ageOpenMine(identity: AgeIdentity, file: Uint8Array): Promise<Bytes> {
  try {
    const plaintext = await ageOpenSmall(identity, file);
    if (plaintext !== null) return plaintext;
  } catch {
    // Why one error: the sealed parts of a gate are opened by one key; which check failed tells only an attacker something.
  }
  throw new DecryptionError();
}
