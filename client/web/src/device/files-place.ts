import type { BundleSink } from "@afterkeep/sdk";
import { diskName } from "../words/place-on-disk.ts";
import { canSaveFolder, chooseFolderSink } from "./folder-sink.ts";
import { saveStream } from "./save-file.ts";
import { ZipSink } from "./zip-sink.ts";

/** Where many files go. End it with `finish` or `giveUp`. */
export type FilesPlace = {
  readonly sink: BundleSink;
  /** As the person finds it. */
  readonly name: string;
  /** Whether a file failed that cannot be taken back, so that nothing more can be written. */
  isBroken(): boolean;
  /** Call it when everything was written. Resolves when it is on the disk, or in the browser's hands. */
  finish(): Promise<void>;
  /** What was written as one ZIP file fails as a download; a folder keeps the files that are whole. */
  giveUp(error: unknown): void;
};

/**
 * A new folder `name` inside one that the person chooses, else one ZIP file among the downloads, written while it is made. Null if they
 * chose none. Call it in the press itself.
 */
export async function chooseFilesPlace(name: string): Promise<FilesPlace | null> {
  if (!canSaveFolder()) return zipPlace(name);
  const sink = await chooseFolderSink(name);
  return sink && { sink, name, isBroken: () => false, finish: async () => {}, giveUp: () => {} };
}

function zipPlace(name: string): FilesPlace {
  const zip = new ZipSink();
  const folder = diskName(name);
  const file = `${folder}.zip`;
  let saving: Promise<void> | null = null;
  // Why not before the first file: what fails before it must not leave a failed download behind.
  const begin = (): Promise<void> => {
    saving ??= saveStream(zip.stream, { name: file, size: null, type: "application/zip" });
    // Why ignored here: the writer is told through the stream, and `finish` tells the rest.
    saving.catch(() => {});
    return saving;
  };
  return {
    name: file,
    sink: {
      writeFile: async (path, content) => {
        void begin();
        await zip.writeFile(`${folder}/${path}`, content);
      },
      removeFile: () => zip.removeFile(),
      readFile: () => zip.readFile(),
    },
    isBroken: () => zip.isBroken,
    finish: async () => {
      zip.end();
      await begin();
    },
    giveUp: (error) => zip.fail(error),
  };
}
