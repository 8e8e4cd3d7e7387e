import { readBitwardenItem } from "./bitwarden-item.ts";
import { decryptBitwarden } from "./bitwarden-protected.ts";
import { damaged, ImportError } from "./import-error.ts";
import type { Attachment, ImportResult } from "./imported-item.ts";
import { ItemCollector } from "./item-collector.ts";
import { isObject, type JsonObject, listOf, objectsOf, parseJson, textOf, valueOf } from "./json.ts";
import type { ImportOptions } from "./import-options.ts";

/** The files that a Bitwarden export with attachments holds for the item of this id. */
export type AttachmentsOf = (itemId: string) => Promise<readonly Attachment[]>;

/** Reads a Bitwarden JSON export: plain, or under a passphrase of its own. Source: bitwarden/clients, vault-export-core. */
export async function readBitwarden(
  bytes: Uint8Array,
  options: ImportOptions,
  attachmentsOf: AttachmentsOf = async () => [],
): Promise<ImportResult> {
  const file = parseJson(bytes);
  const vault = isEncrypted(file) ? parseJson(await decryptBitwarden(file, options)) : file;
  if (!isObject(vault) || !Array.isArray(valueOf(vault, "items")) || isEncrypted(vault))
    throw damaged("Bitwarden export");
  return readVault(vault, options.nowMs, attachmentsOf);
}

/** Whether the export wants a passphrase. Throws ImportError for one that only its own account can read. */
function isEncrypted(file: unknown): file is JsonObject {
  if (valueOf(file, "encrypted") !== true) return false;
  if (valueOf(file, "passwordProtected") === true) return true;
  throw new ImportError(
    "not-portable",
    "Only the Bitwarden account that wrote this export can open it. Export again in Bitwarden and choose " +
      "“.json (Encrypted)” with “Password protected”, or “.json”.",
  );
}

async function readVault(vault: JsonObject, nowMs: number, attachmentsOf: AttachmentsOf): Promise<ImportResult> {
  const folders = new Map([...objectsOf(vault, "folders"), ...objectsOf(vault, "collections")].map(folderOf));
  const collector = new ItemCollector(nowMs);
  for (const item of listOf(vault, "items")) {
    if (!isObject(item)) throw damaged("Bitwarden export");
    if (valueOf(item, "deletedDate")) collector.countLoss("item in the trash");
    else {
      const entry = readBitwardenItem(item, folders.get(folderIdOf(item)) ?? [], collector);
      collector.addEntry({ ...entry, attachments: await attachmentsOf(textOf(item, "id")) });
    }
  }
  return collector.finish();
}

function folderOf(folder: JsonObject): [string, readonly string[]] {
  return [textOf(folder, "id"), textOf(folder, "name").split("/")];
}

function folderIdOf(item: JsonObject): string {
  const collection = listOf(item, "collectionIds").find((id) => typeof id === "string");
  return textOf(item, "folderId") || (typeof collection === "string" ? collection : "");
}
