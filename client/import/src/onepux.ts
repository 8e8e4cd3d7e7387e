import { damaged } from "./import-error.ts";
import type { Attachment, ImportResult } from "./imported-item.ts";
import { ItemCollector } from "./item-collector.ts";
import { isObject, type JsonObject, listOf, numberOf, parseJson, textOf, valueOf } from "./json.ts";
import { maxAttachmentBytes, maxExportBytes } from "./limits.ts";
import { attachmentOf, type FileReference, readOnePasswordItem } from "./onepux-item.ts";
import type { ImportOptions } from "./import-options.ts";
import { ZipArchive } from "./zip.ts";

const what = "1Password export";

/** Reads a 1Password Unencrypted Export. Source: support.1password.com/1pux-format, versions 2 and 3. */
export async function readOnePassword(bytes: Uint8Array, options: ImportOptions): Promise<ImportResult> {
  const archive = new ZipArchive(bytes);
  const attributes = await readJsonFile(archive, "export.attributes");
  const data = await readJsonFile(archive, "export.data");
  const accounts = listOf(data, "accounts");
  if (numberOf(attributes, "version") === null || !accounts.every(isObject)) throw damaged(what);
  const collector = new ItemCollector(options.nowMs);
  for (const account of accounts) {
    const prefix = accounts.length > 1 ? [accountNameOf(account)] : [];
    for (const vault of listOf(account, "vaults")) await readVault(archive, vault, prefix, collector, options.signal);
  }
  return collector.finish();
}

async function readJsonFile(archive: ZipArchive, name: string): Promise<JsonObject> {
  const bytes = await archive.read(name, maxExportBytes);
  const value = bytes === null ? null : parseJson(bytes);
  if (!isObject(value)) throw damaged(what);
  return value;
}

function accountNameOf(account: JsonObject): string {
  const attributes = valueOf(account, "attrs");
  return textOf(attributes, "accountName") || textOf(attributes, "name");
}

async function readVault(
  archive: ZipArchive,
  vault: unknown,
  prefix: readonly string[],
  collector: ItemCollector,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!isObject(vault)) throw damaged(what);
  const folder = [...prefix, textOf(valueOf(vault, "attrs"), "name")];
  for (const listed of listOf(vault, "items")) {
    signal?.throwIfAborted();
    // Version 2 wraps each item in an object of its own.
    const item = valueOf(listed, "item") ?? listed;
    if (!isObject(item)) throw damaged(what);
    if (isTrashed(item)) collector.countLoss("item in the trash");
    else await addItem(archive, item, folder, collector);
  }
}

function isTrashed(item: JsonObject): boolean {
  return valueOf(item, "trashed") === true || ["trashed", "deleted"].includes(textOf(item, "state"));
}

async function addItem(
  archive: ZipArchive,
  item: JsonObject,
  folder: readonly string[],
  collector: ItemCollector,
): Promise<void> {
  const { entry, files } = readOnePasswordItem(item, folder, collector);
  const attachments: Attachment[] = [];
  for (const file of files) attachments.push(await readFile(archive, file));
  collector.addEntry({ ...entry, attachments });
}

/** Throws ImportError if the archive lacks a file that an item names: the export is not whole. */
async function readFile(archive: ZipArchive, file: FileReference): Promise<Attachment> {
  const bytes = await archive.read(`files/${file.documentId}__${file.fileName}`, maxAttachmentBytes);
  if (bytes === null) throw damaged(what);
  return attachmentOf(file, bytes);
}
