import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isId, parseId } from "@afterkeep/bytes";
import type { UploadJournal } from "@afterkeep/sdk";
import { syncFolder } from "./private-file.ts";
import { appendPart, beginJournal, type JournalContent, readJournal } from "./journal-file.ts";

export type FileJournal = UploadJournal & {
  /** Uploads whose journal cannot be believed: they must be discarded. */
  listDamaged(): Promise<readonly string[]>;
};

const suffix = ".jsonl";

/** Keeps one file for each upload below `<home>/uploads`, its owner's alone; names of files and keys stand in it only sealed. */
export async function openUploadJournal(home: string): Promise<FileJournal> {
  const folder = join(home, "uploads");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const pathOf = (ver: string): string => join(folder, parseId(ver) + suffix);
  const readAll = () => readJournals(folder, pathOf);
  return {
    begin: (upload) => beginJournal(pathOf(upload.ver), upload),
    notePart: async (ver, part, sha256) => {
      await appendPart(pathOf(ver), part, sha256);
      const noted = (await readJournal(pathOf(ver)))?.parts.find((one) => one.part === part)?.sha256;
      if (noted === undefined) throw new Error("the journal of this upload is damaged");
      return noted;
    },
    list: async () => [...(await readAll()).values()].flatMap((content) => content ?? []),
    listDamaged: async () => [...(await readAll())].flatMap(([ver, content]) => (content === null ? [ver] : [])),
    remove: async (ver) => {
      await rm(pathOf(ver), { force: true });
      await syncFolder(folder);
    },
  };
}

/** By version; null for a damaged one, or one that lies under another's name. Files of other names are somebody else's. */
async function readJournals(
  folder: string,
  pathOf: (ver: string) => string,
): Promise<ReadonlyMap<string, JournalContent | null>> {
  const found = new Map<string, JournalContent | null>();
  for (const name of await readdir(folder)) {
    const ver = name.slice(0, -suffix.length);
    if (!name.endsWith(suffix) || !isId(ver)) continue;
    const content = await readJournal(pathOf(ver)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      if (error.code === "ELOOP") return null;
      throw error;
    });
    if (content !== undefined) found.set(ver, content?.ver === ver ? content : null);
  }
  return found;
}
