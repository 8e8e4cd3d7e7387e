import { itemFromFile, type SealItem } from "@afterkeep/sdk";

function parentOf(path: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.slice(0, -1).join("/");
}

/** Files of a picker; a folder picker names each file's place in the folder that was chosen. */
export function itemsFromPicker(files: Iterable<File>): SealItem[] {
  return [...files].map((file) => itemFromFile(file, parentOf(file.webkitRelativePath)));
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function readSome(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

/** Why a loop: browsers hand out a folder's entries in portions, and end with an empty one. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) all.push(...some);
  return all;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

async function itemsOfEntry(entry: FileSystemEntry): Promise<SealItem[]> {
  if (isFile(entry)) return [itemFromFile(await fileOf(entry), parentOf(entry.fullPath))];
  if (!isDirectory(entry)) return [];
  const items: SealItem[] = [];
  for (const child of await entriesOf(entry)) items.push(...(await itemsOfEntry(child)));
  return items;
}

/** Everything that was dropped, folders walked. Must be called in the drop itself: the list empties when the event ends. */
export async function itemsFromDrop(transfer: DataTransfer): Promise<SealItem[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const items: SealItem[] = [];
  for (const entry of entries) items.push(...(await itemsOfEntry(entry)));
  return items;
}
