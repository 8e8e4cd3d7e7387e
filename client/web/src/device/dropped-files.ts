import { parentOf } from "../words/folder-path.ts";
import type { ChosenFile } from "./chosen-files.ts";

type Dropped = { entry: FileSystemEntry; handle: Promise<FileSystemFileHandle | null> };

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

async function handleOf(item: DataTransferItem): Promise<FileSystemFileHandle | null> {
  const ask: unknown = Reflect.get(item, "getAsFileSystemHandle");
  if (typeof ask !== "function") return null;
  try {
    const handle: unknown = await Reflect.apply(ask, item, []);
    return handle instanceof FileSystemFileHandle ? handle : null;
  } catch {
    return null;
  }
}

async function chosenOf({ entry, handle }: Dropped): Promise<ChosenFile[]> {
  if (isFile(entry)) return [{ file: await fileOf(entry), folder: folderOf(entry), handle: await handle }];
  if (!isDirectory(entry)) return [];
  const chosen: ChosenFile[] = [];
  for (const child of await entriesOf(entry))
    chosen.push(...(await chosenOf({ entry: child, handle: Promise.resolve(null) })));
  return chosen;
}

function folderOf(entry: FileSystemEntry): string {
  return parentOf(entry.fullPath.replace(/^\//, ""));
}

/** Everything that was dropped, folders walked. Must be called in the drop itself: the list empties when the event ends. */
export async function chosenByDrop(transfer: DataTransfer): Promise<ChosenFile[]> {
  const dropped = [...transfer.items].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    return entry === null ? [] : [{ entry, handle: handleOf(item) }];
  });
  const chosen: ChosenFile[] = [];
  for (const one of dropped) chosen.push(...(await chosenOf(one)));
  return chosen;
}
