import {
  appendFile,
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "@afterkeep/bytes";
import type { JournalledUpload } from "@afterkeep/sdk";
import { describe, expect, it } from "vitest";
import { type FileJournal, openUploadJournal } from "./upload-journal.ts";

const hash = (letter: string): string => letter.repeat(42) + "A";
const anUpload = (): JournalledUpload => {
  const [account, doc, ver] = [newId(1), newId(2), newId(3)];
  return { account, doc, ver, record: "c2VhbGVk" };
};

type Scene = { journal: FileJournal; upload: JournalledUpload; file: string; folder: string };

/** A journal with one upload of two noted parts. */
async function withJournal(work: (scene: Scene) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "afterkeep-journal-"));
  try {
    const journal = await openUploadJournal(home);
    const upload = anUpload();
    const folder = join(home, "uploads");
    await journal.begin(upload);
    await journal.notePart(upload.ver, 0, hash("a"));
    await journal.notePart(upload.ver, 1, hash("b"));
    await work({ journal, upload, folder, file: join(folder, `${upload.ver}.jsonl`) });
  } finally {
    await rm(home, { recursive: true });
  }
}

const noted = [
  { part: 0, sha256: hash("a") },
  { part: 1, sha256: hash("b") },
];

describe("the journal of uploads", () => {
  it("tells another process what this one noted, until it is removed", () =>
    withJournal(async ({ upload, folder, journal }) => {
      const elsewhere = await openUploadJournal(join(folder, ".."));
      expect(await elsewhere.list()).toEqual([{ ...upload, parts: noted }]);
      await elsewhere.remove(upload.ver);
      expect(await journal.list()).toEqual([]);
      await journal.remove(upload.ver);
    }));

  it("is its owner's alone, whatever the folder was before", () =>
    withJournal(async ({ folder, file }) => {
      await chmod(folder, 0o755);
      await openUploadJournal(join(folder, ".."));
      expect([(await stat(folder)).mode & 0o777, (await stat(file)).mode & 0o777]).toEqual([0o700, 0o600]);
    }));

  it("keeps the first hash of a part, and answers every later attempt with it", () =>
    withJournal(async ({ journal, upload }) => {
      expect(await journal.notePart(upload.ver, 1, hash("z"))).toBe(hash("b"));
      expect(await journal.notePart(upload.ver, 2, hash("c"))).toBe(hash("c"));
      expect((await journal.list())[0]?.parts).toEqual([...noted, { part: 2, sha256: hash("c") }]);
    }));

  it("gives two processes that note the same part at the same moment the same answer", () =>
    withJournal(async ({ journal, upload, folder }) => {
      const elsewhere = await openUploadJournal(join(folder, ".."));
      for (let part = 2; part < 20; part++) {
        const answers = await Promise.all([
          journal.notePart(upload.ver, part, hash("x")),
          elsewhere.notePart(upload.ver, part, hash("y")),
        ]);
        expect(new Set(answers).size).toBe(1);
      }
    }));

  it("refuses to note a part of an upload that it does not have", () =>
    withJournal(async ({ journal, folder }) => {
      await expect(journal.notePart(newId(9), 0, hash("a"))).rejects.toThrow("ENOENT");
      expect((await readdir(folder)).length).toBe(1);
    }));

  it("forgets half a line that a power cut left, and goes on after it", () =>
    withJournal(async ({ journal, upload, file }) => {
      const whole = (await stat(file)).size;
      for (const torn of ['{"part":2,"sha', "\0\0\0\0\0\0\0\0", `{"part":2,"sha256":"${hash("q")}"}`]) {
        await truncate(file, whole);
        await appendFile(file, torn);
        expect((await journal.list())[0]?.parts).toEqual(noted);
        expect(await journal.notePart(upload.ver, 2, hash("c"))).toBe(hash("c"));
        expect((await journal.list())[0]?.parts).toEqual([...noted, { part: 2, sha256: hash("c") }]);
      }
    }));

  it("believes no file with an odd line in the middle, with another's name, or that others may write", () =>
    withJournal(async ({ journal, upload, file }) => {
      const text = await readFile(file, "utf8");
      const [first = "", second = ""] = text.split("\n");
      const other = JSON.stringify({ ...(JSON.parse(first) as object), ver: newId(7) });
      const changed = [
        text.replace('"part":0', '"part":"0"'),
        text.replace(second, ""),
        text.replace(second, second.slice(0, -3)),
        text.replace(first, other),
        text.replace('"v":1', '"v":2'),
        "",
      ];
      for (const content of changed) {
        await writeFile(file, content);
        expect([content, await journal.list(), await journal.listDamaged()]).toEqual([content, [], [upload.ver]]);
      }
      await writeFile(file, text);
      expect((await journal.list()).length).toBe(1);
      await chmod(file, 0o620);
      expect([await journal.list(), await journal.listDamaged()]).toEqual([[], [upload.ver]]);
      await expect(journal.notePart(upload.ver, 5, hash("f"))).rejects.toThrow("damaged");
    }));

  it("follows no link, and leaves other people's files alone", () =>
    withJournal(async ({ journal, upload, file, folder }) => {
      const strange = newId(8);
      await symlink(file, join(folder, `${strange}.jsonl`));
      await writeFile(join(folder, "notes.txt"), "mine");
      await writeFile(join(folder, "short.jsonl"), "{}");
      expect([(await journal.list()).length, await journal.listDamaged()]).toEqual([1, [strange]]);
      await expect(journal.notePart(strange, 0, hash("a"))).rejects.toThrow("ELOOP");
      await journal.remove(upload.ver);
      expect((await readdir(folder)).sort()).toEqual(["notes.txt", "short.jsonl", `${strange}.jsonl`].sort());
    }));
});
