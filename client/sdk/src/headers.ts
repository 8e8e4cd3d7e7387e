import { encodeBase64url } from "@afterkeep/bytes";
import { type AgeRecipient, createHeader } from "@afterkeep/formats";
import { atOnce } from "./at-once.ts";
import { readBequests } from "./bequests.ts";
import type { Device } from "./device.ts";
import type { VerifiedDocument } from "./verify-rows.ts";
import type { OwnerKeys } from "./owner-keys.ts";

/**
 * Writes new headers for documents: the owner, and every generation of every bequest that holds the document. Payloads stay as they
 * are. Compare-and-swap: another device's rewrite in between is a conflict, not a lost stanza. Answers the documents with what they now have.
 */
export async function rewriteHeaders(
  device: Device,
  keys: OwnerKeys,
  documents: readonly VerifiedDocument[],
  onProgress: (done: number) => void,
): Promise<VerifiedDocument[]> {
  const generations = (await readBequests(device, keys)).flatMap(({ label }) => label.generations);
  let done = 0;
  return atOnce(documents, async (document, _index, signal) => {
    const sharers = generations.filter((one) => one.documents.includes(document.info.doc)).map(({ bi }) => bi);
    const recipients = [...new Set([keys.keyring.ageRecipient, ...sharers])];
    const rewritten = await writeHeader(device, document, recipients, signal);
    onProgress(++done);
    return rewritten;
  });
}

/** Leaves versions to the owner alone: what a newer version replaced is nobody else's to open any more. */
export async function withdrawHeaders(
  device: Device,
  keys: OwnerKeys,
  versions: readonly VerifiedDocument[],
): Promise<void> {
  const recipients = [keys.keyring.ageRecipient];
  await atOnce(versions, (version, _index, signal) => writeHeader(device, version, recipients, signal));
}

async function writeHeader(
  device: Device,
  document: VerifiedDocument,
  recipients: readonly AgeRecipient[],
  signal: AbortSignal,
): Promise<VerifiedDocument> {
  const { info, opened, headerRev: expectedRev } = document;
  const header = await createHeader(opened.fileKey, recipients, { random: device.random });
  const body = { header: encodeBase64url(header), expectedRev };
  const params = { doc: info.doc, ver: info.ver };
  const { headerRev } = await device.transport.call("putHeader", { params, body }, signal);
  return { ...document, headerRev, isPresentHeader: true, writtenRev: headerRev };
}
