import { ImportError } from "./import-error.ts";

const mebibyte = 1024 * 1024;

/** Bytes of an export file, and of each thing unpacked from it. */
export const maxExportBytes = 100 * mebibyte;
/** Items, attachments among them, of one import. */
export const maxItems = 10_000;
/** Bytes of one attachment. */
export const maxAttachmentBytes = 50 * mebibyte;
/** Bytes of all contents of one import together. */
export const maxTotalBytes = 400 * mebibyte;
/** Nesting of JSON objects and lists, and of XML elements. */
export const maxDepth = 64;

export function tooLarge(what: string): ImportError {
  return new ImportError("too-large", `${what}. Nothing was imported. Export a part at a time and import each part.`);
}

/** Throws ImportError if an export of `length` bytes is more than is read at once. */
export function expectExportLength(length: number): void {
  if (length > maxExportBytes) throw tooLarge("This export is larger than 100 MB, more than can be read at once");
}

export function expectAttachmentLength(length: number): void {
  if (length > maxAttachmentBytes) throw tooLarge("An attachment in this export is larger than 50 MB");
}
