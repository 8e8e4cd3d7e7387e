import { type Bytes, equalBytes } from "@afterkeep/bytes";
import { DecryptionError, thumb } from "@afterkeep/crypto";
import { maxHeaderLength, recipientOf } from "@afterkeep/formats";
import { type AccountView, StatementError, verifyChain } from "@afterkeep/statements";
import { collectBytes } from "./bytes-source.ts";
import type { BroughtKey } from "./key-file.ts";
import { openDocument, type StoredDocument } from "./open-document.ts";
import { openReleasedBequest, type ReleasedBequest } from "./open-release.ts";
import { ForeignOwnerError, ReleaseMismatchError, WrongKeyError } from "./release-errors.ts";
import { type ReleaseFile, savedPath, type SavedRow } from "./release-file.ts";
import type { SavedFile } from "./saved-file.ts";
import type { VerifiedRow } from "./verify-rows.ts";
import type { FetchRange, OpenOptions } from "./verified-slices.ts";

/** The untrusted files of a saved release, by path; null for one that is not there. */
export type SavedFolder = (path: string) => SavedFile | null;

/** A document of a saved release, with the file it is in. */
export type SavedDocument = StoredDocument & SavedRow & { readonly file: SavedFile };

/**
 * Opens an untrusted saved release with the recipient's key alone, by the same verification as online. The owner's chain is verified from
 * its genesis; the chain says who the keyholder is. Without `key.ownerKey` nothing here tells whose chain it is: then the safety words
 * must be compared. Throws WrongKeyError, ForeignOwnerError, ReleaseMismatchError, ManifestMissingError.
 */
export async function openSavedRelease(
  file: ReleaseFile,
  key: BroughtKey,
  folder: SavedFolder,
): Promise<ReleasedBequest<SavedDocument>> {
  const recipient = await recipientOf(key.identity);
  if (recipient !== file.recipient) throw new WrongKeyError();
  // Why first: a folder that somebody else made as a whole holds together in itself; only whose it is gives it away.
  if (key.ownerKey !== null && !equalBytes(key.ownerKey, file.ownerKey)) throw new ForeignOwnerError();
  const { account, b, g, r, decisionId, keyholder } = file;
  const place = { account, b, g, r, recipient };
  const view = verifySavedChain(file);
  const answers = { ...file, documents: await readHeaders(file.documents, folder) };
  return openReleasedBequest({ identity: key.identity, place, decisionId, view, keyholder, answers });
}

/** The plaintext of a document in a saved release; as openDocument. */
export async function* openSavedDocument(
  { row, entry, opened }: VerifiedRow<SavedDocument>,
  options: OpenOptions = {},
): AsyncGenerator<Bytes, void, undefined> {
  if (row.file.size !== row.headerLen + entry.payloadLen) throw new DecryptionError();
  yield* openDocument(opened, entry, rangesOf(row, entry.payloadLen), options);
}

function verifySavedChain({ account, keyholder, ownerKey, chain }: ReleaseFile): AccountView {
  const trust = { account, keyholder: thumb(keyholder.publicKey), trustedOwnerThumb: thumb(ownerKey) };
  try {
    return verifyChain(chain, trust);
  } catch (error) {
    if (error instanceof StatementError) throw new ReleaseMismatchError(error);
    throw error;
  }
}

/** The rows whose files are there. What their headers are worth is judged against the manifest. */
async function readHeaders(rows: readonly SavedRow[], folder: SavedFolder): Promise<SavedDocument[]> {
  const documents: SavedDocument[] = [];
  for (const row of rows) {
    const file = folder(savedPath(row));
    if (file === null || row.headerLen > maxHeaderLength) continue;
    const header = await collectBytes(file.slice(0, row.headerLen).stream());
    documents.push({ ...row, header, file });
  }
  return documents;
}

/** A stored object as it was: the payload is in the file, its leaf list in `release.json`. */
function rangesOf({ file, headerLen, leaves }: SavedDocument, payloadLen: number): FetchRange {
  return (from, to) => {
    const isPayload = to <= payloadLen;
    const part = isPayload
      ? file.slice(headerLen + from, headerLen + to)
      : new Blob([new Uint8Array(leaves.subarray(from - payloadLen, to - payloadLen))]);
    return Promise.resolve(part.stream());
  };
}
