/** A file that a person chose, with its path inside what they chose; the bare name where they chose single files. */
export type ChosenFile = { readonly path: string; readonly file: File };
export type ChosenFolder = (path: string) => File | null;

/** Not exactly one saved release is among the chosen files. */
export class NotOneReleaseError extends Error {
  readonly found: number;

  constructor(found: number) {
    super(`${found} saved releases`);
    this.found = found;
  }
}

/** The folder with `release.json` in it, wherever it lies among the chosen files. Throws NotOneReleaseError. */
export function folderOf(chosen: readonly ChosenFile[]): ChosenFolder {
  const [release, ...others] = chosen.filter(({ path }) => lastOf(path) === "release.json");
  if (release === undefined || others.length > 0) throw new NotOneReleaseError(release === undefined ? 0 : 2);
  const base = release.path.slice(0, -"release.json".length);
  const isFlat = chosen.every(({ path }) => !path.includes("/"));
  const files = new Map(chosen.map(({ path, file }) => [path, file]));
  return (path) => files.get(isFlat ? lastOf(path) : `${base}${path}`) ?? null;
}

/** All of a small file; nothing where there is none. */
export async function readWhole(folder: ChosenFolder, path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array((await folder(path)?.arrayBuffer()) ?? new ArrayBuffer(0));
}

export function chosenIn(input: HTMLInputElement): ChosenFile[] {
  return [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Everything below what was dropped. Call it in the drop itself: afterwards the browser has forgotten the items. */
export async function droppedIn(transfer: DataTransfer): Promise<ChosenFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<ChosenFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const found: ChosenFile[] = [];
  if (!isFolder(entry)) return found;
  const reader = entry.createReader();
  // Why in a loop: a reader gives a hundred entries at a time, and an empty list at its end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await filesBelow(one)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
