import { itemFromFile, type SealItem } from "@afterkeep/sdk";
import { parentOf } from "../words/folder-path.ts";
import { makeThumbnail } from "./make-thumbnail.ts";
import { keepFileHandle } from "./upload-journal.ts";

/** A file that a person chose. `folder`: its own place in a folder that was chosen or dropped whole. */
export type ChosenFile = {
  readonly file: File;
  readonly folder: string;
  /** Where the browser gives one: with it a later visit reads the file again without a second choosing. */
  readonly handle: FileSystemFileHandle | null;
};

/** Smaller files go up in one or two pieces; there is nothing to go on with. */
const worthKeepingBytes = 16 * 1024 * 1024;
/** All pictures of one choosing together: a thousand photos must not keep the first from being sealed. */
const picturesMs = 20_000;

/** Files of a picker; a folder picker names each file's place in the folder that was chosen. */
export function chosenByInput(files: Iterable<File>): ChosenFile[] {
  return [...files].map((file) => ({ file, folder: parentOf(file.webkitRelativePath), handle: null }));
}

type Picker = (options: { multiple: boolean }) => Promise<FileSystemFileHandle[]>;

function openPicker(): Picker | null {
  const candidate: unknown = Reflect.get(globalThis, "showOpenFilePicker");
  return typeof candidate === "function" ? (options) => Reflect.apply(candidate, globalThis, [options]) : null;
}

/** The browser's own picker with handles; null where it has none. Nothing chosen: empty. */
export async function chooseFiles({ multiple }: { multiple: boolean }): Promise<ChosenFile[] | null> {
  const picker = openPicker();
  if (picker === null) return null;
  try {
    const handles = await picker({ multiple });
    return await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), folder: "", handle })));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return [];
    throw error;
  }
}

/** As the SDK takes it, below the folder `into`; with a small picture where one can be made. */
export async function itemsOf(chosen: readonly ChosenFile[], into: string): Promise<SealItem[]> {
  const began = performance.now();
  const items: SealItem[] = [];
  for (const { file, folder, handle } of chosen) {
    const item = itemFromFile(file);
    const inside = folder === "" ? into : `${into}/${folder}`.replace(/^\//, "");
    const hasTime = performance.now() - began < picturesMs;
    const thumbnail = hasTime ? await makeThumbnail(file, item.type) : undefined;
    const source =
      handle !== null && file.size >= worthKeepingBytes ? await keepFileHandle(handle).catch(() => "") : "";
    items.push({ ...item, folder: inside, source, ...(thumbnail === undefined ? {} : { thumbnail }) });
  }
  return items;
}
