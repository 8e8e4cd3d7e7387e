import { readAll } from "@afterkeep/sdk";
import { afterkeep } from "../../session/afterkeep.ts";
import type { DocumentReader } from "./document-reader.ts";

/** Reads one version of a document of the vault. */
export function vaultReader(doc: string, ver: string): DocumentReader {
  return {
    stream: async (options) => (await afterkeep.openDocument(doc, { ...options, ver })).stream,
    beginning: async (bytes, signal) =>
      readAll((await afterkeep.openRange(doc, { from: 0, to: bytes, ver, signal })).stream),
    ranges: async () => (await afterkeep.openRanges(doc, { ver })).read,
    thumbnail: () => afterkeep.readThumbnail(doc, { ver }),
  };
}
