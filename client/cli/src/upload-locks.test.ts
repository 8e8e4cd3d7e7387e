import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { markOf } from "./process-mark.ts";
import { openUploadLocks } from "./upload-locks.ts";

async function withHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "afterkeep-locks-"));
  try {
    await work(home);
  } finally {
    await rm(home, { recursive: true });
  }
}

/** Another process of this program that holds a version until it is killed. */
async function aHolder(home: string, ver: string): Promise<{ kill(): Promise<void> }> {
  const adapter = pathToFileURL(join(import.meta.dirname, "upload-locks.ts")).href;
  const script = `const { openUploadLocks } = await import(${JSON.stringify(adapter)});
    await openUploadLocks(${JSON.stringify(home)}).tryHold(${JSON.stringify(ver)});
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const kill = async (): Promise<void> => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return { kill };
}

describe("the locks of uploads", () => {
  it("are held by one until it lets go, and leave nothing behind", () =>
    withHome(async (home) => {
      const [locks, ver, other] = [openUploadLocks(home), newId(1), newId(2)];
      expect([...(await locks.listHeld())]).toEqual([]);
      const release = await locks.tryHold(ver);
      expect(await openUploadLocks(home).tryHold(ver)).toBeNull();
      expect([...(await locks.listHeld())]).toEqual([ver]);
      const another = await locks.tryHold(other);
      await release?.();
      expect([...(await locks.listHeld())]).toEqual([other]);
      await another?.();
      expect(await readdir(join(home, "upload-locks"))).toEqual([]);
      expect(await locks.tryHold(ver)).not.toBeNull();
    }));

  it("hold against another process while it lives, and not after it was killed", () =>
    withHome(async (home) => {
      const [locks, ver] = [openUploadLocks(home), newId(1)];
      const holder = await aHolder(home, ver);
      const seen = await Promise.all([locks.tryHold(ver), locks.listHeld()]).finally(() => holder.kill());
      expect([seen[0], [...seen[1]]]).toEqual([null, [ver]]);
      expect([...(await locks.listHeld())]).toEqual([]);
      expect(await locks.tryHold(ver)).not.toBeNull();
    }));

  it("do not take another process of the same number for the one that held", () =>
    withHome(async (home) => {
      const [locks, ver] = [openUploadLocks(home), newId(1)];
      await mkdir(join(home, "upload-locks", ver), { recursive: true });
      await writeFile(join(home, "upload-locks", ver, `${process.ppid}.1`), "");
      expect(await locks.tryHold(ver)).not.toBeNull();
      expect(await markOf(process.ppid)).toMatch(/^\d+\.\w/);
    }));
});
