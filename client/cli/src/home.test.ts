import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openHome } from "./home.ts";
import { writeDurably } from "./private-file.ts";
import { UsageError } from "./usage-error.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-home-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

afterEach(() => void vi.restoreAllMocks());

describe("the folder where this device remembers", () => {
  it("is its user's alone, whatever it was before", () =>
    withFolder(async (folder) => {
      await chmod(folder, 0o777);
      await openHome({ AFTERKEEP_HOME: folder });
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      await openHome({ HOME: folder });
      expect((await stat(join(folder, ".config/afterkeep"))).mode & 0o777).toBe(0o700);
    }));

  it("of another user is not used", () =>
    withFolder(async (folder) => {
      const { uid } = await stat(folder);
      vi.spyOn(process, "getuid").mockReturnValue(uid + 1);
      await expect(openHome({ AFTERKEEP_HOME: folder })).rejects.toThrow(UsageError);
    }));
});

describe("a file that is written for good", () => {
  it("is 0600 and leaves nothing beside it, also where it cannot take its place", () =>
    withFolder(async (folder) => {
      const path = join(folder, "secrets.json");
      await writeDurably(path, "old");
      await writeDurably(path, "new");
      expect([await readFile(path, "utf8"), (await stat(path)).mode & 0o777]).toEqual(["new", 0o600]);
      await mkdir(join(folder, "taken"));
      await expect(writeDurably(join(folder, "taken"), "x")).rejects.toThrow("EISDIR");
      expect(await readdir(folder)).toEqual(["secrets.json", "taken"]);
    }));

  it("follows no link that somebody laid in its way", () =>
    withFolder(async (folder) => {
      const [path, elsewhere] = [join(folder, "secrets.json"), join(folder, "elsewhere")];
      await symlink(elsewhere, `${path}.${process.pid}.new`);
      await symlink(elsewhere, path);
      await writeDurably(path, "secret");
      await expect(stat(elsewhere)).rejects.toThrow("ENOENT");
      expect(await readFile(path, "utf8")).toBe("secret");
    }));
});
