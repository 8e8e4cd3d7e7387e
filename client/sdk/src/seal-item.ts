import { encodeUtf8, type Id } from "@afterkeep/bytes";
import type { DocumentKind } from "@afterkeep/formats";
import type { ByteSource } from "@afterkeep/sealing";
import { readFile } from "./read-file.ts";

/** Something to seal: a file, a note or a record. */
export type SealItem = {
  readonly kind: DocumentKind;
  readonly name: string;
  /** `a/b` without slashes at the ends; empty at the top. */
  readonly folder: string;
  /** Media type, `application/octet-stream` if unknown. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** ms. */
  readonly modified: number;
  /** Sealed as the next version of this document. */
  readonly document?: Id | undefined;
  /** An image file of at most `maxThumbnail` bytes. */
  readonly thumbnail?: Uint8Array | undefined;
  /** Where this device finds the bytes again (a path). Sealed in the journal, shown by `pendingUploads`, sent nowhere. */
  readonly source?: string | undefined;
  /** The `ver` of a pending upload to go on with. */
  readonly resume?: Id | undefined;
  /** The bytes from the start; may be called more than once, and each source is read once. */
  open(): ByteSource;
};

/** A file that a person chose in a browser. `folder` is where it goes; a chosen folder's own path is kept below it. */
export function itemFromFile(file: File, folder = ""): SealItem {
  const inside = file.webkitRelativePath.split("/").slice(0, -1).join("/");
  return {
    kind: "file",
    name: file.name,
    folder: [folder, inside].filter((part) => part !== "").join("/"),
    type: file.type === "" ? "application/octet-stream" : file.type,
    size: file.size,
    modified: file.lastModified,
    open: () => readFile(file),
  };
}

/** A note typed by the owner. */
export function itemFromNote(note: {
  readonly name: string;
  readonly text: string;
  readonly folder?: string | undefined;
  readonly modified: number;
  /** Sealed as the next version of this document. */
  readonly document?: Id | undefined;
}): SealItem {
  const bytes = encodeUtf8(note.text);
  return {
    kind: "note",
    name: note.name,
    folder: note.folder ?? "",
    type: "text/plain; charset=utf-8",
    size: bytes.length,
    modified: note.modified,
    document: note.document,
    open: async function* () {
      yield bytes;
    },
  };
}
