import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkSealFiles, readSealFile } from "./seal-file.ts";

const line = "correct horse battery staple 1234";

type Places = { dataDir: string; outside: string };

async function withPlaces(work: (places: Places) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-seal-"));
  const places = { dataDir: join(folder, "data"), outside: join(folder, "data-seals") };
  try {
    await mkdir(places.dataDir);
    await mkdir(places.outside);
    await work(places);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function put(path: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
  await writeFile(path, content, { mode });
  await chmod(path, mode);
  return path;
}

const read = (path: string, { dataDir }: Places) => readSealFile({ setting: "THE_SETTING", path }, dataDir);

describe("a seal file", () => {
  it.each([0o600, 0o400])("is read when its owner alone may (%o)", (mode) =>
    withPlaces(async (places) => {
      const path = await put(join(places.outside, "seal"), line, mode);
      expect(await read(path, places)).toEqual(new Uint8Array(Buffer.from(line)));
    }),
  );

  it.each(["\n", "\r\n"])("means the same with a line's end at its end and without (%j)", (end) =>
    withPlaces(async (places) => {
      const path = await put(join(places.outside, "seal"), line + end);
      expect(await read(path, places)).toEqual(new Uint8Array(Buffer.from(line)));
    }),
  );

  it("of random bytes is taken whole, also when its last byte looks like a line's end", () =>
    withPlaces(async (places) => {
      const bytes = new Uint8Array(32).fill(200);
      bytes[31] = 10;
      expect(await read(await put(join(places.outside, "seal"), bytes), places)).toEqual(bytes);
    }));

  it.each([0o640, 0o604, 0o620, 0o602, 0o644])("is refused when others may read or write it (%o)", (mode) =>
    withPlaces(async (places) => {
      const path = await put(join(places.outside, "seal"), line, mode);
      await expect(read(path, places)).rejects.toThrow(/THE_SETTING names is open to others/);
    }),
  );

  it("is refused inside the data folder, also through a link in either direction", () =>
    withPlaces(async (places) => {
      const inside = await put(join(places.dataDir, "seal"), line);
      const outside = await put(join(places.outside, "seal"), line);
      const linkToInside = join(places.outside, "link");
      const linkFromInside = join(places.dataDir, "link");
      await symlink(inside, linkToInside);
      await symlink(outside, linkFromInside);
      for (const path of [inside, linkToInside, linkFromInside])
        await expect(read(path, places)).rejects.toThrow(/inside the data folder/);
    }));

  it("is refused inside a data folder that is itself reached through a link", () =>
    withPlaces(async (places) => {
      const path = await put(join(places.dataDir, "seal"), line);
      const dataDir = join(places.outside, "data-link");
      await symlink(places.dataDir, dataDir);
      await expect(read(path, { ...places, dataDir })).rejects.toThrow(/inside the data folder/);
    }));

  it.each([
    ["of 31 bytes", line.slice(0, 31), /less than 32/],
    ["of 31 bytes and a line's end", `${line.slice(0, 31)}\n`, /less than 32/],
    ["that is empty", "", /less than 32/],
    ["of more than a secret", "x".repeat(4097), /more than 4096/],
  ])("%s is refused", (_what, content, words) =>
    withPlaces(async (places) => {
      const path = await put(join(places.outside, "seal"), content);
      await expect(read(path, places)).rejects.toThrow(words);
    }),
  );

  it("that is missing, or no file, is refused with how to make one", () =>
    withPlaces(async (places) => {
      await expect(read(join(places.outside, "none"), places)).rejects.toMatchObject({
        code: "seal-file-unfit",
        next: expect.stringContaining("/dev/urandom"),
      });
      await chmod(places.outside, 0o700);
      await expect(read(places.outside, places)).rejects.toThrow(/is no file/);
    }));

  it("of one zone is not another's: neither the same file, nor by another name, nor a copy", () =>
    withPlaces(async ({ dataDir, outside }) => {
      const one = await put(join(outside, "one"), line);
      const [hard, soft, copy] = [join(outside, "hard"), join(outside, "soft"), join(outside, "copy")];
      await link(one, hard);
      await symlink(one, soft);
      await put(copy, `${line}\n`);
      const kms = { setting: "KMS", path: one };
      for (const path of [one, hard, soft, copy])
        await expect(checkSealFiles([kms, { setting: "KEYHOLDER", path }], dataDir)).rejects.toThrow(
          /KEYHOLDER names holds the same secret as the file of KMS/,
        );
      const other = await put(join(outside, "other"), `${line}x`);
      await expect(checkSealFiles([kms, { setting: "KEYHOLDER", path: other }], dataDir)).resolves.toBeUndefined();
    }));
});
