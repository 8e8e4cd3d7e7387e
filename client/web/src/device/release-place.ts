import type { BundleSink } from "@afterkeep/sdk";
import { canSaveFolder, chooseFolderSink } from "./folder-sink.ts";
import { saveBlob } from "./save-file.ts";
import { diskName } from "../words/place-on-disk.ts";
import { ZipSink } from "./zip-sink.ts";

export type ReleasePlace = {
  readonly sink: BundleSink;
  readonly name: string;
  /** Call it when everything was written. */
  finish(): void;
};

/**
 * Where a saved release goes: into a new folder `name` inside one that the person chooses, else into one ZIP file among the downloads.
 * Null if they chose none. Call it in the press itself.
 */
export async function chooseReleasePlace(name: string): Promise<ReleasePlace | null> {
  if (canSaveFolder()) {
    const sink = await chooseFolderSink(name);
    return sink === null ? null : { sink, name, finish: () => {} };
  }
  const zip = new ZipSink();
  const file = `${diskName(name)}.zip`;
  return { sink: inside(diskName(name), zip), name: file, finish: () => saveBlob(zip.finish(), file) };
}

function inside(folder: string, sink: BundleSink): BundleSink {
  return {
    writeFile: (path, content) => sink.writeFile(`${folder}/${path}`, content),
    removeFile: (path) => sink.removeFile(`${folder}/${path}`),
    readFile: (path) => sink.readFile(`${folder}/${path}`),
  };
}
