import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { distinctPlace, placeBelow, saveStream } from "./save-file.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-save-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function streamOf(parts: readonly string[], failure?: Error): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      if (failure === undefined) controller.close();
    },
    pull(controller) {
      if (failure !== undefined) controller.error(failure);
    },
  });
}

describe("a document that is written to disk", () => {
  it("appears whole, for its owner's eyes only", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a/b.txt");
      expect(await saveStream(streamOf(["one ", "two"]), path)).toBe(7);
      expect(await readFile(path, "utf8")).toBe("one two");
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }));

  it("does not appear at all when its stream fails", () =>
    withFolder(async (folder) => {
      await expect(saveStream(streamOf(["half of it"], new Error("tampered")), join(folder, "x"))).rejects.toThrow(
        "tampered",
      );
      expect(await readdir(folder)).toEqual([]);
    }));

  it.each([
    ["", "../../.bashrc", "out/.._.._.bashrc"],
    ["../..", "x", "out/_/_/x"],
    ["a/./b", "y", "out/a/_/b/y"],
    ["/etc", "passwd", "out/etc/passwd"],
    ["", "..", "out/_"],
    ["", "a\u0000b\n", "out/a_b_"],
    ["", "a\\..\\b", "out/a_.._b"],
  ])("from folder %j with name %j stays below the chosen folder", (folder, name, expected) => {
    expect(placeBelow("out", folder, name)).toBe(expected);
  });

  it.each(["z".repeat(255), `${"z".repeat(250)}.txt`, `${"語".repeat(340)}.txt.age`])(
    "is written also where its name is as long as names can be",
    (name) =>
      withFolder(async (folder) => {
        const place = distinctPlace(new Set(), placeBelow(folder, "", name));
        await saveStream(streamOf(["x"]), place);
        expect(extname(place)).toBe(extname(name));
        expect(placeBelow(folder, "", basename(place))).toBe(place);
      }),
  );

  it("never overwrites another of the same name, on no disk", () => {
    const taken = new Set<string>();
    const paths = ["o/a.txt", "o/a.txt", "o/A.txt", "o/.x", "o/.x"];
    expect(paths.map((path) => distinctPlace(taken, path))).toEqual([
      "o/a.txt",
      "o/a (2).txt",
      "o/A (3).txt",
      "o/.x",
      "o/.x (2)",
    ]);
  });
});
