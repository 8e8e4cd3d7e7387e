import { createHash } from "node:crypto";
import { type Bytes, concatBytes, copyBytes, encodeUtf8, equalBytes, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { type AgeIdentity, type AgeRecipient, recipientOf } from "@afterkeep/formats";

/*
 * In place of common/formats' age-small.ts where signatures are injected: the plaintext after a mark of the one recipient and a hash,
 * so that only the named identity opens it and a change is noticed. Hides nothing.
 */

const overhead = 64;

export const maxSmallFile = 16 * 2 ** 20;

export async function ageSealSmall(recipients: readonly AgeRecipient[], plaintext: Uint8Array): Promise<Bytes> {
  const [recipient] = recipients;
  if (recipient === undefined || recipients.length > 1) throw new MalformedError("one recipient in the simulation");
  const mark = hash(encodeUtf8(recipient));
  return concatBytes(mark, hash(concatBytes(mark, plaintext)), plaintext);
}

export async function ageOpenSmall(identity: AgeIdentity, file: Uint8Array): Promise<Bytes | null> {
  if (file.length < overhead) throw new MalformedError("age file");
  const mark = hash(encodeUtf8(await recipientOf(identity)));
  if (!equalBytes(mark, file.subarray(0, 32))) return null;
  const plaintext = copyBytes(file.subarray(overhead));
  if (!equalBytes(hash(concatBytes(mark, plaintext)), file.subarray(32, overhead))) throw new DecryptionError();
  return plaintext;
}

export async function ageOpenMine(identity: AgeIdentity, file: Uint8Array): Promise<Bytes> {
  const plaintext = await ageOpenSmall(identity, file).catch(() => null);
  if (plaintext === null) throw new DecryptionError();
  return plaintext;
}

function hash(bytes: Uint8Array): Bytes {
  return copyBytes(createHash("sha256").update(bytes).digest());
}
