import { readKept } from "./kept-files.ts";

/* In place of node:fs/promises for the clock zone's pin of the keyholder. */

export async function readFile(path: string): Promise<string> {
  const content = readKept(path);
  if (content === null) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return content;
}
