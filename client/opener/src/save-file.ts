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

/** Where all files go: a folder that the person chooses, or one download after the other. */
export async function chooseFolder(): Promise<(folder: string, name: string) => SaveTarget> {
  const pick = picker<FileSystemDirectoryHandle>("showDirectoryPicker");
  if (pick === null) return (_, name) => (content) => download(content, name);
  const chosen = await pick({ mode: "readwrite" });
  return (folder, name) => async (content) => {
    let place = chosen;
    for (const part of safeFolder(folder)) place = await place.getDirectoryHandle(part, { create: true });
    await writeTo(await place.getFileHandle(safeName(name), { create: true }), content);
  };
}

/** Why so strict: names come from whoever sealed a document, and must not leave the folder that was chosen. */
export function safeName(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, "_").replace(/[. ]+$/, "");
  return /^\.*$/.test(plain) ? "_" : plain;
}

function safeFolder(folder: string): string[] {
  return folder.split("/").flatMap((part) => (part === "" ? [] : [safeName(part)]));
}

/**
 * The second `a.txt` of a folder becomes `a (2).txt`. Compared as disks do that know no capitals and one form of each letter, and by the
 * folder's name on the disk: else one document would silently replace another.
 */
export function freeName(taken: Set<string>, folder: string, name: string): string {
  const [, stem = name, ending = ""] = /^(.+?)(\.[^.]*)?$/.exec(name) ?? [];
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${stem} (${n})${ending}`;
    const place = [...safeFolder(folder), safeName(candidate)].join("/").normalize("NFC").toLowerCase();
    if (taken.has(place)) continue;
    taken.add(place);
    return candidate;
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
