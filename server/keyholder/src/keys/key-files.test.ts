import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { type Mode, openKeySeal } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { type KeyholderKeys, openKeys } from "./key-files.ts";

const names = ["signing.key", "share.kek", "blob.identity"] as const;

type Folder = {
  path: string;
  open(sealFile?: string, mode?: Mode): Promise<KeyholderKeys>;
  aSealFile(name: string): string;
  /** The key files as they lie there. */
  texts(): string[];
};

async function withFolder(work: (folder: Folder) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "afterkeep-keyholder-keys-"));
  const path = join(root, "data", "keyholder");
  mkdirSync(path, { recursive: true });
  try {
    await work({
      path,
      open: async (sealFile, mode = "local") => {
        const zone = { name: "keyholder" as const, mode, dataDir: path };
        return openKeys(path, await openKeySeal(sealFile === undefined ? zone : { ...zone, sealFile }));
      },
      aSealFile: (name) => {
        writeFileSync(join(root, name), randomBytes(32), { mode: 0o600 });
        return join(root, name);
      },
      texts: () => names.map((name) => readFileSync(join(path, name), "utf8")),
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const secretsOf = (keys: KeyholderKeys) => [encodeBase64url(keys.kek), encodeBase64url(keys.signing.seed)];

describe("the keyholder's sealed key files", () => {
  it.each(["local", "production"] as const)("open again in %s mode and show no key", (mode) =>
    withFolder(async ({ path, open, aSealFile, texts }) => {
      const seal = aSealFile("seal");
      const made = await open(seal, mode);
      expect(await open(seal, mode)).toEqual(made);
      for (const text of texts()) {
        expect(JSON.parse(text)).toEqual({ v: 2, sealed: expect.any(String) });
        for (const secret of [...secretsOf(made), "AGE-SECRET-KEY"]) expect(text).not.toContain(secret);
      }
      for (const name of names) expect(statSync(join(path, name)).mode & 0o777, name).toBe(0o600);
    }),
  );

  it("replace unsealed ones outside production, with the same keys, and leave nothing bare behind", () =>
    withFolder(async ({ path, open, aSealFile, texts }) => {
      const made = await open();
      const bare = texts().join();
      for (const secret of [...secretsOf(made), "AGE-SECRET-KEY"]) expect(bare).toContain(secret);
      const seal = aSealFile("seal");
      expect(await open(seal)).toEqual(made);
      for (const secret of [...secretsOf(made), "AGE-SECRET-KEY"]) expect(texts().join()).not.toContain(secret);
      expect(await open(seal)).toEqual(made);
      expect(readdirSync(path).sort()).toEqual([...names, "next-key.OFFLINE"].sort());
    }));

  it("are refused, and left as they are, with another seal file, without one, and unsealed in production", () =>
    withFolder(async ({ path, open, aSealFile, texts }) => {
      const [seal, other] = [aSealFile("seal"), aSealFile("other")];
      const made = await open(seal);
      const before = texts();
      await expect(open(other)).rejects.toMatchObject({ code: "seal-does-not-open" });
      await expect(open()).rejects.toMatchObject({ code: "seal-missing" });
      expect(texts()).toEqual(before);
      expect(await open(seal)).toEqual(made);
      for (const name of names) {
        const sealed = readFileSync(join(path, name), "utf8");
        writeFileSync(join(path, name), encodeBase64url(randomBytes(32)));
        await expect(open(seal, "production"), name).rejects.toMatchObject({ code: "key-file-bare" });
        writeFileSync(join(path, name), sealed);
      }
    }));

  it("do not stand in for each other", () =>
    withFolder(async ({ path, open, aSealFile }) => {
      const seal = aSealFile("seal");
      await open(seal);
      writeFileSync(join(path, "share.kek"), readFileSync(join(path, "signing.key")));
      await expect(open(seal)).rejects.toMatchObject({ code: "seal-does-not-open" });
    }));

  it("are not made of damaged unsealed ones", () =>
    withFolder(async ({ path, open, aSealFile, texts }) => {
      await open();
      writeFileSync(join(path, "share.kek"), "cut-short");
      const before = texts();
      await expect(open(aSealFile("seal"))).rejects.toThrow();
      expect(texts()).toEqual(before);
    }));
});
