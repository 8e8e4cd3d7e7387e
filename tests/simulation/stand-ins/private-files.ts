import { keep } from "./kept-files.ts";

/* In place of platform's private-files.ts: of what a simulation runs, only the clock zone writes such a file, its pin of the keyholder. */

export async function writePrivateFile(path: string, content: string): Promise<void> {
  keep(path, content);
}

export async function makePrivateFolder(): Promise<void> {}
