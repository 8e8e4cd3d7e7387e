import { equalBytes, MalformedError } from "@afterkeep/bytes";
import { collectBytes, decodeReleaseFile, type ReleaseFile, type SavedFile, savedPath } from "@afterkeep/sealing";
import { type BundleSink, releaseFile } from "./bundle-sink.ts";
import { RefusedError } from "./errors.ts";
import type { BundleSource } from "./release.ts";

/**
 * Refuses to save over a folder that holds another release, or more or newer things of this one than the server still hands out. Why: the
 * copy may be all that is left, and a server that lost something must not take it from the copy too. Throws RefusedError "not-possible".
 */
export async function requireNothingLost(source: BundleSource, sink: BundleSink): Promise<void> {
  const file = await sink.readFile(releaseFile);
  if (file === null) return;
  const earlier = await decodeOrRefuse(file);
  requireSameRelease(source, earlier);
  const { documents, isOlder } = source.released;
  const present = new Set(documents.map(({ row }) => row.docId));
  const lost = earlier.documents.filter(({ docId }) => !present.has(docId)).length;
  if (lost > 0)
    throw copyIsBetter(`${lost === 1 ? "one document" : `${lost} documents`} that the server no longer has whole`);
  const versions = new Set(documents.map(({ row }) => savedPath(row)));
  const isSame = earlier.documents.every((row) => versions.has(savedPath(row)));
  if (earlier.chain.length > source.request.chain.length || (isOlder && !isSame))
    throw copyIsBetter("something newer than the server still has");
}

async function decodeOrRefuse(file: SavedFile): Promise<ReleaseFile> {
  try {
    return decodeReleaseFile(await collectBytes(file.slice(0, file.size).stream()));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw refused("The release.json in this folder cannot be read.", "Choose another folder for this release.", error);
  }
}

function requireSameRelease({ request }: BundleSource, earlier: ReleaseFile): void {
  const { place, decisionId, ownerKey } = request;
  const isSame =
    place.account === earlier.account &&
    place.b === earlier.b &&
    place.g === earlier.g &&
    place.r === earlier.r &&
    place.recipient === earlier.recipient &&
    decisionId === earlier.decisionId &&
    equalBytes(ownerKey, earlier.ownerKey);
  if (!isSame) throw refused("This folder already holds another release.", "Choose another folder for this one.");
}

function copyIsBetter(what: string): RefusedError {
  return refused(
    `This folder already holds ${what}.`,
    "Keep it: it is the better copy. To save what the server hands out as well, choose another folder.",
  );
}

function refused(message: string, next: string, cause?: unknown): RefusedError {
  return new RefusedError("not-possible", `${message} Nothing in it was changed.`, { next, cause });
}
