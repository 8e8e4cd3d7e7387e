import { equalBytes, type Id } from "@afterkeep/bytes";
import { type AgeIdentity, maxHeaderLength } from "@afterkeep/formats";
import { encodeLeafList, payloadRoot } from "@afterkeep/merkle";
import { collectBytes, readParts } from "./bytes-source.ts";
import type { StoredDocument } from "./open-document.ts";
import type { SavedRow } from "./release-file.ts";
import { newSliceDigester } from "./slice-digest.ts";
import { checkRows, type VerifiedRow } from "./verify-rows.ts";

/** What of a Blob is needed. */
export type SavedFile = {
  readonly size: number;
  slice(from: number, to: number): { stream(): ReadableStream<Uint8Array> };
};

/**
 * The row of a document whose untrusted file is in a saved release already, or null where any byte of it is not what the owner signed. Reads
 * the file once; a header counts that is another than the server's present one, if it opens to the signed key.
 */
export async function savedRowOf(
  { row, entry }: VerifiedRow<StoredDocument>,
  file: SavedFile,
  {
    account,
    identity,
    signal,
  }: { readonly account: Id; readonly identity: AgeIdentity; readonly signal?: AbortSignal | undefined },
): Promise<SavedRow | null> {
  const headerLen = file.size - entry.payloadLen;
  if (headerLen <= 0 || headerLen > maxHeaderLength) return null;
  const header = await collectBytes(file.slice(0, headerLen).stream());
  const { documents } = await checkRows(account, [entry], [{ ...row, header }], identity);
  if (documents.length === 0) return null;
  const leaves = await leavesOf(file, headerLen, signal);
  if (!equalBytes(payloadRoot(leaves, entry.payloadLen), entry.payloadRoot)) return null;
  const { docId, verId, rev, metadata } = row;
  return { docId, verId, rev, metadata, headerLen, leaves: encodeLeafList(leaves) };
}

async function leavesOf(
  file: SavedFile,
  from: number,
  signal: AbortSignal | undefined,
): Promise<readonly Uint8Array[]> {
  const digester = newSliceDigester();
  for await (const part of readParts(file.slice(from, file.size).stream(), signal)) await digester.push(part);
  return digester.finish();
}
