import { parseJson, valueOf } from "./json.ts";
import { isKeePass } from "./kdbx-header.ts";
import { maxExportBytes } from "./limits.ts";
import type { ImportFormat } from "./read-import.ts";
import { isArchive, ZipArchive } from "./zip.ts";

/** What a file seems to be, and whether to ask for a passphrase before reading it. */
export type DetectedImport = { readonly format: ImportFormat; readonly needsPassphrase: boolean };

/**
 * Looks at an untrusted file; null if no importer knows it. The content decides, and the name only where content cannot: any text
 * may be a table. It never throws; a file that is of a format but wrong is refused by readImport.
 */
export function detectImport(fileName: string, bytes: Uint8Array): DetectedImport | null {
  if (bytes.length > maxExportBytes) return detectByName(fileName);
  if (isKeePass(bytes)) return { format: "keepass", needsPassphrase: true };
  if (isArchive(bytes)) return detectArchive(fileName, bytes);
  return detectJson(bytes) ?? (/\.csv$/i.test(fileName) ? { format: "csv", needsPassphrase: false } : null);
}

/** Why at all: readImport then says that the file is too large, not that it is unknown. */
function detectByName(fileName: string): DetectedImport | null {
  const extension = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase();
  switch (extension) {
    case "kdbx":
      return { format: "keepass", needsPassphrase: true };
    case "1pux":
      return { format: "1password", needsPassphrase: false };
    case "csv":
      return { format: "csv", needsPassphrase: false };
    default:
      return null;
  }
}

function detectArchive(fileName: string, bytes: Uint8Array): DetectedImport | null {
  try {
    const archive = new ZipArchive(bytes);
    if (archive.has("export.data")) return { format: "1password", needsPassphrase: false };
    if (archive.has("data.json")) return { format: "bitwarden", needsPassphrase: false };
    return null;
  } catch {
    return detectByName(fileName);
  }
}

/** Exports of before 2021 do not say whether they are encrypted. */
function isBitwarden(file: unknown): boolean {
  const groups = valueOf(file, "folders") ?? valueOf(file, "collections");
  return (
    typeof valueOf(file, "encrypted") === "boolean" || (Array.isArray(valueOf(file, "items")) && Array.isArray(groups))
  );
}

function detectJson(bytes: Uint8Array): DetectedImport | null {
  const first = bytes.find((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf].includes(byte));
  if (first !== 0x7b) return null;
  try {
    const file = parseJson(bytes);
    if (!isBitwarden(file)) return null;
    return { format: "bitwarden", needsPassphrase: valueOf(file, "passwordProtected") === true };
  } catch {
    return null;
  }
}
