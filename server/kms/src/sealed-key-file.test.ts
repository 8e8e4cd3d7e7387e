import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mode, openKeySeal } from "@afterkeep/platform";
import { withMachine } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { openKeyFile } from "./key-file.ts";
import { startKms } from "./start-kms.ts";

type Folder = {
  file: string;
  open(sealFile?: string, mode?: Mode): ReturnType<typeof openKeyFile>;
  aSealFile(name: string): Promise<string>;
};

async function withFolder(work: (folder: Folder) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "afterkeep-kms-"));
  const dataDir = join(root, "data", "kms");
  try {
    await mkdir(dataDir, { recursive: true });
    await work({
      file: join(dataDir, "keys.json"),
      open: async (sealFile, mode = "local") => {
        const zone = { name: "kms" as const, mode, dataDir, ...(sealFile === undefined ? {} : { sealFile }) };
        return openKeyFile(dataDir, await openKeySeal(zone));
      },
      aSealFile: async (name) => {
        await writeFile(join(root, name), randomBytes(32), { mode: 0o600 });
        return join(root, name);
      },
    });
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Every spelling in which a key could lie in a file. */
const spellings = (key: Uint8Array) =>
  (["base64", "base64url", "hex", "latin1"] as const).map((encoding) => Buffer.from(key).toString(encoding));

describe("the kms's sealed key file", () => {
  it.each(["local", "demo", "production"] as const)("opens again in %s mode and shows nothing of the keys", (mode) =>
    withFolder(async ({ file, open, aSealFile }) => {
      const seal = await aSealFile("seal");
      const made = await open(seal, mode);
      expect(await open(seal, mode)).toEqual(made);
      const text = await readFile(file, "latin1");
      for (const spelling of [...spellings(made.kek.key), made.apiSecrets.blindIndexKey])
        expect(text).not.toContain(spelling.replaceAll("=", ""));
      expect(JSON.parse(text)).toEqual({ v: 2, sealed: expect.any(String) });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }),
  );

  it.each(["local", "demo"] as const)("replaces an unsealed one in %s mode, with the same keys", (mode) =>
    withFolder(async ({ file, open, aSealFile }) => {
      const made = await open(undefined, mode);
      expect(await readFile(file, "utf8")).toContain(Buffer.from(made.kek.key).toString("base64url"));
      const seal = await aSealFile("seal");
      expect(await open(seal, mode)).toEqual(made);
      expect(await readFile(file, "utf8")).not.toContain(Buffer.from(made.kek.key).toString("base64url"));
      expect(await open(seal, mode)).toEqual(made);
      expect(await readdir(join(file, ".."))).toEqual(["keys.json"]);
    }),
  );

  it("is refused, and left as it is, with another seal file, without one, and unsealed in production", () =>
    withFolder(async ({ file, open, aSealFile }) => {
      const [seal, other] = [await aSealFile("seal"), await aSealFile("other")];
      const made = await open(seal);
      const text = await readFile(file, "utf8");
      await expect(open(other)).rejects.toMatchObject({ code: "seal-does-not-open" });
      await expect(open()).rejects.toMatchObject({ code: "seal-missing" });
      expect(await readFile(file, "utf8")).toBe(text);
      expect(await open(seal)).toEqual(made);
      await rm(file);
      await open();
      const bare = await readFile(file, "utf8");
      await expect(open(seal, "production")).rejects.toMatchObject({ code: "key-file-bare" });
      expect(await readFile(file, "utf8")).toBe(bare);
    }));

  it("is not made of a damaged unsealed one", () =>
    withFolder(async ({ file, open, aSealFile }) => {
      await open();
      const bad = (await readFile(file, "utf8")).slice(0, -10);
      await writeFile(file, bad);
      await expect(open(await aSealFile("seal"))).rejects.toThrow(/kms-keys-unreadable/);
      expect(await readFile(file, "utf8")).toBe(bad);
    }));

  it("is all that production takes: without a seal file the zone does not start and makes no keys", () =>
    withMachine(async (machine) => {
      const zone = await machine.zone("kms", { mode: "production" });
      await expect(startKms(zone)).rejects.toMatchObject({
        code: "seal-missing",
        next: expect.stringContaining("AFTERKEEP_KMS_SEAL_FILE"),
      });
      expect(await readdir(zone.dataDir)).toEqual([]);
    }));
});
