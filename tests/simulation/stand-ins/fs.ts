import { keep, readKept } from "./kept-files.ts";

/* In place of node:fs for the keyholder's own files in most simulated runs: the few functions that it calls, in memory. */

const opened = new Map<number, string>();
let lastOpened = 0;

export function existsSync(path: string): boolean {
  return readKept(path) !== null;
}

export function readFileSync(path: string): string {
  return readKept(path) ?? "";
}

export function openSync(path: string, how: string): number {
  // Why not a folder: it is opened to be synced, and has no content of its own.
  if (how === "w" || (how === "a" && !existsSync(path))) keep(path, "");
  opened.set(++lastOpened, path);
  return lastOpened;
}

export function writeSync(file: number, content: string, position = 0): void {
  const path = opened.get(file) ?? "";
  const before = readFileSync(path).padEnd(position);
  keep(path, before.slice(0, position) + content + before.slice(position + content.length));
}

export function renameSync(from: string, to: string): void {
  keep(to, readFileSync(from));
}

export function closeSync(file: number): void {
  opened.delete(file);
}

export function chmodSync(): void {}

export function fsyncSync(): void {}
