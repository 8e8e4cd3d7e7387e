import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { MemoryWatch } from "../stage/memory-watch.ts";
import type { Person } from "../stage/person.ts";
import type { Product } from "../stage/product.ts";

/** What every part of the test works with. */
export type Scene = {
  readonly product: Product;
  readonly owner: Person;
  readonly passphrase: string;
  readonly totpSecret: string;
  /** The large file, and its SHA-256. */
  readonly file: { readonly path: string; readonly bytes: number; readonly sha256: string };
  /** The file's name in the vault. */
  readonly name: string;
  readonly folder: string;
  readonly memory: MemoryWatch;
  say(line: string): void;
};

export function expectTrue(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** Bytes of all files below a folder. */
export async function bytesBelow(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []))
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  return sum;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function sayRate(say: (line: string) => void, what: string, bytes: number, ms: number): void {
  say(`${what}: ${(ms / 1000).toFixed(1)} s, ${megabytes((bytes / ms) * 1000)}/s`);
}
