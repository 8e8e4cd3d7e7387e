import { readBitwarden } from "./bitwarden.ts";
import { damaged } from "./import-error.ts";
import type { Attachment, ImportResult } from "./imported-item.ts";
import { maxAttachmentBytes, maxExportBytes } from "./limits.ts";
import type { ImportOptions } from "./import-options.ts";
import { ZipArchive } from "./zip.ts";

/** Reads a Bitwarden export with attachments: `data.json` and `attachments/<item id>/<file name>` in a ZIP archive. */
export async function readBitwardenArchive(bytes: Uint8Array, options: ImportOptions): Promise<ImportResult> {
  const archive = new ZipArchive(bytes);
  const data = await archive.read("data.json", maxExportBytes);
  if (data === null) throw damaged("Bitwarden export");
  return readBitwarden(data, options, (itemId) => attachmentsOf(archive, itemId));
}

async function attachmentsOf(archive: ZipArchive, itemId: string): Promise<readonly Attachment[]> {
  const folder = `attachments/${itemId}/`;
  const attachments: Attachment[] = [];
  for (const name of itemId === "" ? [] : archive.namesIn(folder)) {
    const content = await archive.read(name, maxAttachmentBytes);
    if (content !== null) attachments.push({ name: name.slice(folder.length), bytes: content });
  }
  return attachments;
}
