import type { JournalledPart, JournalledUpload, UploadJournal } from "@afterkeep/sdk";
import { browserClock } from "./browser-clock.ts";
import { asPromise, committed, openDatabase } from "./database.ts";
import { forgettable, newKeptName } from "./kept-file-name.ts";

const stores = ["uploads", "parts", "files"] as const;
let database: Promise<IDBDatabase> | null = null;

async function begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
  database ??= openDatabase("afterkeep-uploads", stores);
  // Why strict: a part that left this device before its hash was on disk could be sealed again from an edited file after a power cut.
  return (await database).transaction(stores, mode, { durability: "strict" });
}

/** Why one prefix range: the parts of one upload, and of no other. */
function partsOf(ver: string): IDBKeyRange {
  return IDBKeyRange.bound([ver], [ver, []]);
}

/** The upload journal of this browser. Every method resolves when it is on disk. */
export const browserUploadJournal: UploadJournal = {
  async begin(upload) {
    const transaction = await begin("readwrite");
    const done = committed(transaction);
    transaction.objectStore("uploads").put(upload, upload.ver);
    await done;
  },
  async notePart(ver, part, sha256) {
    const transaction = await begin("readwrite");
    const done = committed(transaction);
    const noted = await noteOnce(transaction, ver, { part, sha256 });
    await done;
    return noted;
  },
  async list() {
    const transaction = await begin("readonly");
    const uploads: JournalledUpload[] = await asPromise(transaction.objectStore("uploads").getAll());
    return Promise.all(
      uploads.map(async (upload) => {
        const parts: JournalledPart[] = await asPromise(transaction.objectStore("parts").getAll(partsOf(upload.ver)));
        return { ...upload, parts };
      }),
    );
  },
  async remove(ver) {
    const transaction = await begin("readwrite");
    const done = committed(transaction);
    transaction.objectStore("uploads").delete(ver);
    transaction.objectStore("parts").delete(partsOf(ver));
    await done;
  },
};

/** One transaction, so that of two tabs the first wins and the second hears of it. */
async function noteOnce(transaction: IDBTransaction, ver: string, noted: JournalledPart): Promise<string> {
  const upload: unknown = await asPromise(transaction.objectStore("uploads").getKey(ver));
  if (upload === undefined) throw new Error("this upload is not in the journal");
  const parts = transaction.objectStore("parts");
  const before: JournalledPart | undefined = await asPromise(parts.get([ver, noted.part]));
  if (before !== undefined) return before.sha256;
  parts.add(noted, [ver, noted.part]);
  return noted.sha256;
}

/** Keeps where a chosen file lies, so that going on needs no second choosing. Answers a name for it. */
export async function keepFileHandle(handle: FileSystemFileHandle): Promise<string> {
  const transaction = await begin("readwrite");
  const done = committed(transaction);
  const name = newKeptName(browserClock.nowMs());
  transaction.objectStore("files").put(handle, name);
  await done;
  return name;
}

export async function findFileHandle(name: string): Promise<FileSystemFileHandle | null> {
  if (name === "") return null;
  const kept: unknown = await asPromise((await begin("readonly")).objectStore("files").get(name));
  return kept instanceof FileSystemFileHandle ? kept : null;
}

/** Forgets the kept files `own` of uploads that ended, and what earlier visits left; never one that a pending upload names. */
export async function forgetHandles(own: Iterable<string>, pending: Iterable<string>): Promise<void> {
  const transaction = await begin("readwrite");
  const done = committed(transaction);
  const files = transaction.objectStore("files");
  const kept = (await asPromise(files.getAllKeys())).filter((key) => typeof key === "string");
  const of = { pending: new Set(pending), own: new Set(own), nowMs: browserClock.nowMs() };
  for (const name of forgettable(kept, of)) files.delete(name);
  await done;
}
