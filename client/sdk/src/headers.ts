import { encodeBase64url } from "@afterkeep/bytes";
import { type AgeRecipient, createHeader } from "@afterkeep/formats";
import { atOnce } from "./at-once.ts";
import { readBequests } from "./bequests.ts";
import type { Device } from "./device.ts";
import type { VerifiedDocument } from "./verify-rows.ts";
import type { OwnerKeys } from "./owner-keys.ts";

/**
 * Writes new headers for documents: the owner, and every generation of every bequest that holds the document. Payloads stay as they
 * are. Compare-and-swap: another device's rewrite in between is a conflict, not a lost stanza.
 */
export async function rewriteHeaders(
  device: Device,
  keys: OwnerKeys,
  documents: readonly VerifiedDocument[],
  onProgress: (done: number) => void,
): Promise<void> {
  const generations = (await readBequests(device, keys)).flatMap(({ label }) => label.generations);
  let done = 0;
  await atOnce(documents, async (document, _index, signal) => {
    const sharers = generations.filter((one) => one.documents.includes(document.info.doc)).map(({ bi }) => bi);
    await writeHeader(device, document, [...new Set([keys.keyring.ageRecipient, ...sharers])], signal);
    onProgress(++done);
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
  { info, opened, headerRev }: VerifiedDocument,
  recipients: readonly AgeRecipient[],
  signal: AbortSignal,
): Promise<void> {
  const header = await createHeader(opened.fileKey, recipients, { random: device.random });
  const body = { header: encodeBase64url(header), expectedRev: headerRev };
  await device.transport.call("putHeader", { params: { doc: info.doc, ver: info.ver }, body }, signal);
}
