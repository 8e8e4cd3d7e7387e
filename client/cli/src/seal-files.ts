import { opendir, stat } from "node:fs/promises";
import { basename, extname, join, relative, resolve, sep } from "node:path";
import type { SealItem } from "@afterkeep/sdk";
import { readFileParts } from "./read-file-parts.ts";
import { UsageError } from "./usage-error.ts";

const mediaTypes: Readonly<Record<string, string>> = {
  ".pdf": "application/pdf",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".mp4": "video/mp4",
  ".mp3": "audio/mpeg",
  ".zip": "application/zip",
  ".json": "application/json",
  ".csv": "text/csv; charset=utf-8",
  ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

export type FileItem = SealItem & { readonly source: string };

/** The files at these paths, folders with everything below them (symbolic links are not followed), as items to seal. */
export async function itemsOfPaths(paths: readonly string[], folder: string): Promise<FileItem[]> {
  const items: FileItem[] = [];
  for (const path of paths) {
    const info = await stat(path);
    if (info.isDirectory())
      for await (const file of walk(path)) items.push(await itemOfFile(file, folderOf(path, file, folder)));
    else items.push(await itemOfFile(path, folder));
  }
  if (items.length === 0) throw new UsageError("There is nothing to seal.");
  return items;
}

async function* walk(folder: string): AsyncGenerator<string, void, undefined> {
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

/** The folder itself keeps its name: sealing `photos/` gives `photos/…`. */
function folderOf(root: string, file: string, folder: string): string {
  const inside = relative(root, file).split(sep).slice(0, -1);
  return [folder, basename(root), ...inside].filter((part) => part !== "" && part !== ".").join("/");
}

/** One file as an item; `source` is where this device finds it again. */
export async function itemOfFile(path: string, folder: string): Promise<FileItem> {
  const info = await stat(path);
  if (!info.isFile()) throw new UsageError(`${path} is not a file.`);
  return {
    kind: "file",
    name: basename(path),
    folder,
    type: mediaTypes[extname(path).toLowerCase()] ?? "application/octet-stream",
    size: info.size,
    modified: Math.floor(info.mtimeMs),
    source: resolve(path),
    open: () => readFileParts(path),
  };
}
