import type { DocumentInfo } from "@afterkeep/sdk";
import { formatBytes } from "../../progress.ts";

/** One line of a document: id, size, folder and name. */
export function lineOf(info: DocumentInfo): string {
  const versions = info.versions > 1 ? `  (${info.versions} versions)` : "";
  return `${info.doc}  ${formatBytes(info.size).padStart(8)}  ${placeOf(info)}${versions}`;
}

export function placeOf({ folder, name }: { readonly folder: string; readonly name: string }): string {
  return folder === "" ? name : `${folder}/${name}`;
}
