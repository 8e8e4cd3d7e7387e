import type { Dirent } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type FoundFile = { readonly path: string; readonly bytes: Buffer };

/**
 * Every file below the folder of a product that goes on running. What is gone between the look and the reading was put in
 * its place under another name: the folder is looked at again until nothing was.
 */
export async function* filesBelow(folder: string): AsyncGenerator<FoundFile> {
  const read = new Set<string>();
  for (let isWhole = false; !isWhole;) {
    await access(folder);
    const entries = await unlessGone(readdir(folder, { withFileTypes: true, recursive: true }));
    isWhole = entries !== null;
    for (const path of pathsOf(entries ?? []).filter((one) => !read.has(one))) {
      const bytes = await unlessGone(readFile(path));
      isWhole &&= bytes !== null;
      if (bytes === null) continue;
      read.add(path);
      yield { path, bytes };
    }
  }
}

function pathsOf(entries: readonly Dirent[]): string[] {
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function unlessGone<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
