import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readlink, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFileParts } from "./read-file-parts.ts";

async function withFile(length: number, work: (path: string, content: Buffer) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-read-"));
  const [path, content] = [join(folder, "file"), randomBytes(length)];
  try {
    await writeFile(path, content);
    await work(path, content);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function collect(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of readFileParts(path)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** How often this process has the file open; Linux tells. */
async function openOf(path: string): Promise<number> {
  const links = await readdir("/proc/self/fd").catch(() => []);
  const targets = await Promise.all(links.map((link) => readlink(`/proc/self/fd/${link}`).catch(() => "")));
  return targets.filter((target) => target === path).length;
}

describe("a file that is read part by part", () => {
  it.each([0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20 + 5])("comes whole, at %i bytes", (length) =>
    withFile(length, async (path, content) => {
      expect((await collect(path)).equals(content)).toBe(true);
      expect(await openOf(path)).toBe(0);
    }),
  );

  it("takes the same two buffers again and again", () =>
    withFile(7 * 2 ** 20, async (path) => {
      const seen = new Set<ArrayBufferLike>();
      for await (const { buffer } of readFileParts(path)) seen.add(buffer);
      expect(seen.size).toBe(2);
    }));

  it("is closed when its reader stops early", () =>
    withFile(5 * 2 ** 20, async (path) => {
      for await (const part of readFileParts(path)) {
        expect(part.length).toBe(2 ** 20);
        break;
      }
      expect(await openOf(path)).toBe(0);
    }));

  it("ends where the file was cut meanwhile, and says when it is not there", () =>
    withFile(5 * 2 ** 20, async (path) => {
      let length = 0;
      for await (const part of readFileParts(path)) {
        if (length === 0) await truncate(path, 2 ** 20);
        length += part.length;
      }
      expect(length).toBeLessThanOrEqual(2 * 2 ** 20);
      await expect(collect(`${path}.gone`)).rejects.toMatchObject({ code: "ENOENT" });
    }));
});
