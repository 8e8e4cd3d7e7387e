import { keep } from "./kept-files.ts";

/* In place of the keyholder's private-file.ts where its files are kept in memory: there a write is whole, and nothing waits for it. */

export function writePrivateFileNow(path: string, content: string): void {
  keep(path, content);
}

export const replacePrivateFile = writePrivateFileNow;
