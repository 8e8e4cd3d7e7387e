import { mkdir, open, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { parseId } from "@afterkeep/bytes";
import type { Release, UploadLocks } from "@afterkeep/sdk";
import { markOf } from "./process-mark.ts";

/**
 * Holds uploads across the processes that share a home: a folder for each version, in it an empty file for each process that wants it.
 *
 * Why a file of its own for each, and no single one: each writes its own first and looks for others then, so that of two at the same moment
 * one holds it at most, and the file of a process that was killed can be removed by anyone without taking a living one's.
 */
export function openUploadLocks(home: string): UploadLocks {
  const folder = join(home, "upload-locks");
  let own: Promise<string | null> | null = null;
  return {
    tryHold: async (ver) => tryHold(join(folder, parseId(ver)), await (own ??= markOf(process.pid))),
    listHeld: async () => {
      const held = new Set<string>();
      const isLiving = livingOnce();
      for (const ver of await namesIn(folder))
        if ((await livingIn(join(folder, ver), isLiving)).length > 0) held.add(ver);
      return held;
    },
  };
}

type IsLiving = (mark: string) => Promise<boolean>;

/** Asks about each process once. Why: one that imports holds thousands. */
function livingOnce(): IsLiving {
  const known = new Map<string, Promise<boolean>>();
  return (mark) => {
    const answer = known.get(mark) ?? markOf(Number.parseInt(mark, 10)).then((living) => living === mark);
    known.set(mark, answer);
    return answer;
  };
}

async function tryHold(folder: string, mark: string | null): Promise<Release | null> {
  if (mark === null) throw new Error("this machine does not tell when a process began");
  const mine = join(folder, mark);
  if (!(await createIn(folder, mine))) return null;
  const release = async (): Promise<void> => {
    await rm(mine, { force: true });
    await removeIfEmpty(folder);
  };
  const isAlone = (await livingIn(folder, livingOnce())).length === 1;
  if (!isAlone) await release();
  return isAlone ? release : null;
}

/** False if it is there: this process holds it already. */
async function createIn(folder: string, path: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await (await open(path, "wx", 0o600)).close();
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return false;
      // Another process let go and removed the empty folder in between.
      if (code !== "ENOENT" || attempt >= 100) throw error;
    }
  }
}

/** The files of processes that run. Those of others are removed. */
async function livingIn(folder: string, isLiving: IsLiving): Promise<string[]> {
  const living: string[] = [];
  for (const name of await namesIn(folder)) {
    if (await isLiving(name)) living.push(name);
    else await rm(join(folder, name), { force: true });
  }
  if (living.length === 0) await removeIfEmpty(folder);
  return living;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}
