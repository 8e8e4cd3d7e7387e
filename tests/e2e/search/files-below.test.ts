import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { filesBelow } from "./files-below.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ak-files-"));
  await mkdir(join(folder, "a"));
  await writeFile(join(folder, "a/first"), "first");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it("finds what was renamed or came while it read, and nothing twice", async () => {
  await writeFile(join(folder, "a/second.new"), "second");
  const found: string[] = [];
  for await (const { path, bytes } of filesBelow(folder)) {
    found.push(`${relative(folder, path)}: ${bytes.toString()}`);
    if (found.length > 1) continue;
    const other = path.endsWith("first") ? "a/second.new" : "a/first";
    await rename(join(folder, other), join(folder, "a/later"));
    await mkdir(join(folder, "b"));
    await writeFile(join(folder, "b/third"), "third");
  }
  const later = found[0] === "a/first: first" ? "a/later: second" : "a/later: first";
  expect(found.slice(1).sort()).toEqual([later, "b/third: third"]);
});

it("fails where there is no such folder or it cannot be read", async () => {
  const readAll = async (path: string) => {
    for await (const file of filesBelow(path)) expect(file).toBeDefined();
  };
  await expect(readAll(join(folder, "a/first"))).rejects.toThrow("ENOTDIR");
  await expect(readAll(join(folder, "nowhere"))).rejects.toThrow("ENOENT");
});
