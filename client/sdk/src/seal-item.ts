import { encodeUtf8 } from "@afterkeep/bytes";
import type { SealItem } from "./seal.ts";

/** A file that a person chose in a browser. `folder` is where it goes; a chosen folder's own path is kept below it. */
export function itemFromFile(file: File, folder = ""): SealItem {
  const inside = file.webkitRelativePath.split("/").slice(0, -1).join("/");
  return {
    kind: "file",
    name: file.name,
    folder: [folder, inside].filter((part) => part !== "").join("/"),
    type: file.type === "" ? "application/octet-stream" : file.type,
    size: file.size,
    modified: file.lastModified,
    open: () => file.stream(),
  };
}

/** A note typed by the owner. */
export function itemFromNote(note: {
  readonly name: string;
  readonly text: string;
  readonly folder?: string;
  readonly modified: number;
}): SealItem {
  const bytes = encodeUtf8(note.text);
  return {
    kind: "note",
    name: note.name,
    folder: note.folder ?? "",
    type: "text/plain; charset=utf-8",
    size: bytes.length,
    modified: note.modified,
    open: async function* () {
      yield bytes;
    },
  };
}
