import { existsSync, ftruncateSync, openSync, writeSync } from "node:fs";

/*
 * In place of the keyholder's private-file.ts in most simulated runs: writes over the file that is open already. Nothing can come
 * between, because a simulated process dies between two calls and never within one.
 */

const open = new Map<string, number>();

export function replacePrivateFile(path: string, content: string): void {
  const known = existsSync(path) ? open.get(path) : undefined;
  const file = known ?? openSync(path, "w", 0o600);
  open.set(path, file);
  ftruncateSync(file, writeSync(file, content, 0));
}

export const writePrivateFileNow = replacePrivateFile;
