import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export type Place = { readonly folder: string; readonly note: string };

/** A fresh folder in memory if there is room for `bytes` and as much again for everybody else, else on disk; and which it is. */
export async function makePlace(bytes: number): Promise<Place> {
  const isRoomy = await hasRoom("/dev/shm", 2 * bytes);
  const folder = await mkdtemp(join(isRoomy ? "/dev/shm" : tmpdir(), "afterkeep-bench-"));
  return {
    folder,
    note: `Files lie ${isRoomy ? "in memory (/dev/shm)" : `on disk (${tmpdir()})`}; nothing is flushed to disk by either side.`,
  };
}

async function hasRoom(folder: string, bytes: number): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    const memory = /MemAvailable:\s+(\d+) kB/.exec(await readFile("/proc/meminfo", "utf8"))?.[1];
    return bavail * bsize > bytes && Number(memory) * 1024 > bytes;
  } catch {
    return false;
  }
}

/** Random, so that nothing on the way can make it smaller. */
export async function writeRandom(path: string, bytes: number): Promise<void> {
  function* blocks() {
    for (let left = bytes; left > 0; left -= 2 ** 20) yield randomBytes(Math.min(left, 2 ** 20));
  }
  await pipeline(Readable.from(blocks()), createWriteStream(path));
}

/** Throws unless two files are the same. */
export async function expectSame(one: string, other: string): Promise<void> {
  const read = (path: string) => createReadStream(path, { highWaterMark: 2 ** 20 })[Symbol.asyncIterator]();
  const [a, b] = [read(one), read(other)];
  for (;;) {
    const [x, y] = [await a.next(), await b.next()];
    if (x.done === true && y.done === true) return;
    if (x.done !== y.done || Buffer.compare(x.value, y.value) !== 0) throw new Error(`${one} and ${other} differ`);
  }
}

export const removeAll = (...paths: readonly string[]): Promise<void[]> =>
  Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
