import { readBitwarden } from "./bitwarden.ts";
import { readBitwardenArchive } from "./bitwarden-archive.ts";
import { readCsv } from "./csv.ts";
import { refuseAsDamaged } from "./import-error.ts";
import type { ImportOptions } from "./import-options.ts";
import type { ImportResult } from "./imported-item.ts";
import { readKeePass } from "./keepass.ts";
import { expectExportLength } from "./limits.ts";
import { readOnePassword } from "./onepux.ts";
import { isArchive } from "./zip.ts";

export type ImportFormat = "bitwarden" | "1password" | "keepass" | "csv";

const readers: Readonly<
  Record<
    ImportFormat,
    { readonly what: string; read(bytes: Uint8Array, options: ImportOptions): Promise<ImportResult> }
  >
> = {
  bitwarden: { what: "Bitwarden export", read: readAnyBitwarden },
  "1password": { what: "1Password export", read: readOnePassword },
  keepass: { what: "KeePass database", read: readKeePass },
  csv: { what: "CSV file", read: readCsv },
};

/**
 * Everything in an untrusted export file, or nothing: throws ImportError with a code and a message for the person, or the signal's
 * reason. It writes nothing and sends nothing.
 */
export async function readImport(
  format: ImportFormat,
  bytes: Uint8Array,
  options: ImportOptions,
): Promise<ImportResult> {
  const { what, read } = readers[format];
  expectExportLength(bytes.length);
  options.signal?.throwIfAborted();
  return refuseAsDamaged(what, options.signal, () => read(bytes, options));
}

function readAnyBitwarden(bytes: Uint8Array, options: ImportOptions): Promise<ImportResult> {
  return isArchive(bytes) ? readBitwardenArchive(bytes, options) : readBitwarden(bytes, options);
}
