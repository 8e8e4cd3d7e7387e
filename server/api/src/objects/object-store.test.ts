import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { openObjectStore } from "./object-store.ts";

const watch = { signal: new AbortController().signal, note: () => {} };
const key = { tenant: "t", doc: "d", ver: "v" };

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-objects-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("the store of sealed objects", () => {
  it("shows a part only once it was placed, over what a crash left there, and forgets what was discarded", () =>
    withFolder(async (folder) => {
      const store = await openObjectStore(folder);
      const staged = await store.stage(Readable.from([Buffer.from("abc"), Buffer.from("def")]), 6, watch);
      await expect(readdir(join(folder, "t"))).rejects.toThrow();
      await staged.place(key, 3, true);
      await staged.discard();
      expect(await readFile(join(folder, "t/d/v/00003"), "utf8")).toBe("abcdef");
      await (await store.stage(Readable.from([Buffer.from("x")]), 1, watch)).discard();
      const after = await store.stage(Readable.from([Buffer.from("y")]), 1, watch);
      await after.place(key, 3, false);
      expect(await readFile(join(folder, "t/d/v/00003"), "utf8")).toBe("y");
      expect(await readdir(join(folder, "incoming"))).toEqual([]);
      await store.remove(key);
      expect(await readdir(join(folder, "t"))).toEqual([]);
    }));

  it.each([1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 2 ** 21 + 77])(
    "writes and hashes exactly what came, at %i bytes in pieces of every size",
    (length) =>
      withFolder(async (folder) => {
        const content = randomBytes(length);
        const pieces = [3, 65_536, 2 ** 20 + 9, 16_384, 65_537].map((size, i, all) => {
          const from = all.slice(0, i).reduce((sum, before) => sum + before, 0);
          // Why copied: each lies alone in its memory, as those of a socket do, and may be freed.
          return Buffer.from(Uint8Array.from(content.subarray(from, from + size)).buffer);
        });
        const rest = content.subarray(pieces.reduce((sum, { length: size }) => sum + size, 0));
        const store = await openObjectStore(folder);
        const staged = await store.stage(
          Readable.from([...pieces, rest].filter((one) => one.length > 0)),
          length,
          watch,
        );
        expect(staged.sha256).toEqual(createHash("sha256").update(content).digest());
        await staged.place(key, 0, true);
        expect((await readFile(join(folder, "t/d/v/00000"))).equals(content)).toBe(true);
      }),
  );

  it("leaves nothing of a stream that breaks, is too long or too short", () =>
    withFolder(async (folder) => {
      const store = await openObjectStore(folder);
      async function* breaking() {
        yield Buffer.from("abc");
        throw new Error("the line went dead");
      }
      await expect(store.stage(Readable.from(breaking()), 6, watch)).rejects.toMatchObject({ code: "upload-broken" });
      for (const length of [5, 7])
        await expect(store.stage(Readable.from([Buffer.from("abcdef")]), length, watch)).rejects.toMatchObject({
          code: "object-length-wrong",
        });
      expect(await readdir(join(folder, "incoming"))).toEqual([]);
      await expect(readdir(join(folder, "t"))).rejects.toThrow();
    }));

  it("throws away at its start what was arriving when the process ended", () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, "incoming"));
      await writeFile(join(folder, "incoming", "half"), "ab");
      await openObjectStore(folder);
      expect(await readdir(join(folder, "incoming"))).toEqual([]);
    }));
});
