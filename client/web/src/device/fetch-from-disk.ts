const folderName = "afterkeep-parts";
/** Smaller bodies cost nothing worth a file. Bytes. */
const worthAFile = 2 ** 20;

/**
 * `fetch` that sends large bodies from a private file of the browser instead of from memory. Same bytes, same answers.
 *
 * Why: Chromium keeps a copy of every body until it next collects garbage, which it does not for bytes outside its heap; five gigabytes
 * of parts then stand in memory. What lies in the file is sealed already, and it is gone when the answer is there.
 */
export const fetchFromDisk: typeof fetch = async (input, init = {}) => {
  const { body } = init;
  if (!(body instanceof Uint8Array) || body.length < worthAFile) return fetch(input, init);
  const kept = await keepOnDisk(body as Uint8Array<ArrayBuffer>);
  if (kept === null) return fetch(input, init);
  try {
    return await fetch(input, { ...init, body: kept.file });
  } finally {
    await kept.remove();
  }
};

type Kept = { readonly file: File; remove(): Promise<void> };

/** null where the browser has no such files, or no room for one: then memory must do. */
async function keepOnDisk(bytes: Uint8Array<ArrayBuffer>): Promise<Kept | null> {
  try {
    const folder = await openFolder();
    const name = crypto.randomUUID();
    const remove = () => folder.removeEntry(name).catch(() => undefined);
    try {
      const handle = await folder.getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      await writable.write(bytes);
      await writable.close();
      const file = await handle.getFile();
      if (file.size === bytes.length) return { file, remove };
    } catch {
      // Falls through: half a file must not stay.
    }
    await remove();
    return null;
  } catch {
    return null;
  }
}

let opened: Promise<FileSystemDirectoryHandle> | undefined;

function openFolder(): Promise<FileSystemDirectoryHandle> {
  opened ??= makeFolder();
  opened.catch(() => (opened = undefined));
  return opened;
}

/** The folder, emptied of what a tab left behind that ended while it sent, unless another tab is at it now. Source: Web Locks API. */
async function makeFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  await navigator.locks.request(folderName, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await root.removeEntry(folderName, { recursive: true }).catch(() => undefined);
  });
  // Held until the page ends: while any tab has it, nobody empties the folder.
  await new Promise<void>((resolve, reject) => {
    const untilTheEnd = () => (resolve(), new Promise<never>(() => undefined));
    navigator.locks.request(folderName, { mode: "shared" }, untilTheEnd).catch(reject);
  });
  return root.getDirectoryHandle(folderName, { create: true });
}
