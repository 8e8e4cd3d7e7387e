import { type Bytes, encodeUtf8 } from "@afterkeep/bytes";

/** One document to seal. Name and folder are clean; times are the export's own, or the `nowMs` of the import where it names none. */
export type ImportedItem = {
  readonly kind: "record" | "note" | "file";
  readonly name: string;
  /** Folder path with `/` between names; empty at the top. */
  readonly folder: string;
  readonly modifiedMs: number;
  readonly createdMs: number;
  readonly content: Bytes;
  readonly mediaType: string;
};

/** What was read, and in a sentence each what could not be carried over. */
export type ImportResult = { readonly items: readonly ImportedItem[]; readonly warnings: readonly string[] };

/** A file within an export. `bytes` may be a view: it is copied. */
export type Attachment = { readonly name: string; readonly bytes: Uint8Array };

export const noteMediaType = "text/plain; charset=utf-8";

/** Text as it is written into items: well formed, with the line ends of this product. */
export function textBytes(text: string): Bytes {
  return encodeUtf8(text.toWellFormed().replaceAll("\r\n", "\n"));
}

const mediaTypes: Readonly<Record<string, string>> = {
  csv: "text/csv",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  gif: "image/gif",
  heic: "image/heic",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  odt: "application/vnd.oasis.opendocument.text",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
  webp: "image/webp",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

/** The media type that a file name suggests. */
export function mediaTypeOf(name: string): string {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return (Object.hasOwn(mediaTypes, extension) ? mediaTypes[extension] : undefined) ?? "application/octet-stream";
}
