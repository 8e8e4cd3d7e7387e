import { streamOf } from "@afterkeep/sealing";

/** From here on a browser that can write straight to disk is asked to; smaller files go to Downloads, as people expect. */
const straightToDiskBytes = 200 * 1000 * 1000;
const gatherBytes = 16 * 1024 * 1024;

/** Verified plaintext. Whole only when it ends without throwing. */
type Content = AsyncGenerator<Uint8Array, void, undefined>;
export type SaveTarget = (content: Content) => Promise<void>;

/** Where one file goes. Call it in the press itself: browsers show their picker only then. Rejects with AbortError. */
export async function chooseTarget(name: string, size: number): Promise<SaveTarget> {
  const pick = size >= straightToDiskBytes ? picker<FileSystemFileHandle>("showSaveFilePicker") : null;
  if (pick === null) return (content) => download(content, name);
  const handle = await pick({ suggestedName: safeName(name) });
  return (content) => writeTo(handle, content);
}

/**
 * Where all files go: a folder that the person chooses, or one download after the other. Every file gets a name of its own there, and none
 * the name of something that is in the folder already.
 */
export async function chooseFolder(): Promise<(folder: string, name: string) => SaveTarget> {
  const taken = new Set<string>();
  const pick = picker<FileSystemDirectoryHandle>("showDirectoryPicker");
  if (pick === null) return (folder, name) => (content) => download(content, freeName(taken, folder, name));
  const chosen = await pick({ mode: "readwrite" });
  return (folder, name) => async (content) => {
    let place = chosen;
    for (const part of safeFolder(folder)) place = await place.getDirectoryHandle(part, { create: true });
    const free = await freeNameOnDisk(place, () => freeName(taken, folder, name));
    await writeNew(place, free, content);
  };
}

/** Bytes of UTF-8 of a name. Why fewer than the 255 of most disks: browsers write to the name with `.crswap` behind it first. */
const longestName = 240;
const utf8 = new TextEncoder();

/** Why so strict: names come from whoever sealed a document, and must not leave the folder that was chosen. Long ones keep their ending. */
export function safeName(name: string): string {
  return numbered(name, 1);
}

/** The name on the disk of the `n`th document of that name. */
function numbered(name: string, n: number): string {
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, "_").replace(/[. ]+$/, "");
  if (/^\.*$/.test(plain)) return numbered("_", n);
  const [, stem = plain, ending = ""] = /^(.+?)(\.[^.]{1,20})?$/u.exec(plain) ?? [];
  const last = n === 1 ? ending : ` (${n})${ending}`;
  const characters = [...stem];
  while (utf8.encode(characters.join("") + last).length > longestName) characters.pop();
  const kept = characters.join("");
  return last === "" ? kept.replace(/[. ]+$/, "") : kept + last;
}

function safeFolder(folder: string): string[] {
  return folder.split("/").flatMap((part) => (part === "" ? [] : [safeName(part)]));
}

/**
 * The second `a.txt` of a folder becomes `a (2).txt`. Compared as disks do that know no capitals and one form of each letter, and by the
 * folder's name on the disk: else one document would silently replace another.
 */
export function freeName(taken: Set<string>, folder: string, name: string): string {
  for (let n = 1; ; n++) {
    const candidate = numbered(name, n);
    const place = [...safeFolder(folder), candidate].join("/").normalize("NFC").toLowerCase();
    if (taken.has(place)) continue;
    taken.add(place);
    return candidate;
  }
}

/** The first of the names that nothing in the folder has. */
async function freeNameOnDisk(place: FileSystemDirectoryHandle, next: () => string): Promise<string> {
  for (;;) {
    const candidate = next();
    if (!(await isThere(place, candidate))) return candidate;
  }
}

async function isThere(place: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await place.getFileHandle(name);
    return true;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    // A folder of that name is a mismatch of type.
    if (error.name === "TypeMismatchError") return true;
    if (error.name === "NotFoundError") return false;
    throw error;
  }
}

/** Writes a file that was not there. One that did not verify is not there afterwards either, not even empty. */
async function writeNew(place: FileSystemDirectoryHandle, name: string, content: Content): Promise<void> {
  const handle = await place.getFileHandle(name, { create: true });
  try {
    await writeTo(handle, content);
  } catch (error) {
    await place.removeEntry(name).catch(() => undefined);
    throw error;
  }
}

/** Closes on success and aborts on failure: the browser puts the file in its place only on close. */
async function writeTo(handle: FileSystemFileHandle, content: Content): Promise<void> {
  await streamOf(content).pipeTo(await handle.createWritable());
}

/** Gathers the file piece by piece: the browser moves finished pieces to disk. It becomes a download when all of it was verified. */
async function download(content: Content, name: string): Promise<void> {
  const pieces: Blob[] = [];
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of content) {
    pending.push(new Uint8Array(part));
    length += part.length;
    if (length < gatherBytes) continue;
    pieces.push(new Blob(pending));
    [pending, length] = [[], 0];
  }
  const url = URL.createObjectURL(new Blob([...pieces, ...pending]));
  const link = document.createElement("a");
  link.href = url;
  link.download = safeName(name);
  link.click();
  // Why late: the download begins after this task, and a revoked address would end it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function picker<H>(name: string): ((options: object) => Promise<H>) | null {
  const candidate: unknown = Reflect.get(globalThis, name);
  return typeof candidate === "function" ? (options) => Reflect.apply(candidate, globalThis, [options]) : null;
}
