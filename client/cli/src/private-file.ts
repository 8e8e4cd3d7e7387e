import { constants } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { UsageError } from "./usage-error.ts";

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Replaces a file at once and for good, 0600.
 * Why fsync of file and folder: a counter that was seen and then forgotten in a power cut would let an old receipt pass. Why a name that
 * nobody can foresee, and only a new file: a link laid in its way would have the content written to wherever it leads.
 */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${encodeBase64url(randomBytes(9))}.new`;
  const file = await open(temporary, newFile, 0o600);
  try {
    await file.writeFile(content).then(() => file.sync());
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

/** Makes an empty file that only this user can read. Throws UsageError where anything is there already. */
export async function createPrivateFile(path: string): Promise<void> {
  const file = await open(path, newFile, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") throw new UsageError(`${path} is there already, and nothing is written over it.`);
    throw error;
  });
  await file.close();
}

/** Reads a file that holds a secret. Throws UsageError where others than this user can read it: it is one no longer. */
export async function readPrivateText(path: string): Promise<string> {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new UsageError(`${path} can be read by others than you. Take that away first: chmod 600 ${path}`);
  return readFile(path, "utf8");
}
