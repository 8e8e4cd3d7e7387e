import type { DetectedImport, ImportedItem, ImportResult } from "@afterkeep/import";
import { SdkError, type SealItem } from "@afterkeep/sdk";
import { browserClock } from "../device/browser-clock.ts";

export type ChosenExport = { readonly name: string; readonly bytes: Uint8Array } & DetectedImport;

/** What is in it, before anything of it is sealed. */
export type ReadExport = { readonly chosen: ChosenExport; readonly result: ImportResult };

/** Why as late as this: the readers of other programs' files are large, and most visits need none of them. */
const importers = () => import("@afterkeep/import");
/** More would not fit into a phone's memory; what is larger was never a password export. */
const largestExport = 512 * 1024 * 1024;

/** What a chosen file is; throws words for the person where nobody can read it. Nothing leaves this page. */
export async function lookAtExport(file: File): Promise<ChosenExport> {
  if (file.size > largestExport) throw refused("This file is too large to be such an export. Nothing was imported.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const found = (await importers()).detectImport(file.name, bytes);
  if (found === null)
    throw refused("This is not an export that can be read here. Nothing was imported.", {
      next: "Take one of the kinds named below. To keep this very file in your vault, add it as a document.",
    });
  return { name: file.name, bytes, ...found };
}

export async function readExport(
  { format, bytes }: ChosenExport,
  secret: { passphrase?: string; keyFile?: Uint8Array },
  signal: AbortSignal,
): Promise<ImportResult> {
  const { ImportError, readImport } = await importers();
  try {
    return await readImport(format, bytes, { ...secret, nowMs: browserClock.nowMs(), signal });
  } catch (error) {
    throw error instanceof ImportError ? refused(error.message, { cause: error }) : error;
  }
}

function refused(message: string, options: { next?: string; cause?: unknown } = {}): SdkError {
  return new SdkError("import-refused", message, options);
}

/** As the SDK takes it, below the folder `into`. */
export function sealItemOf(
  { kind, name, folder, mediaType, modifiedMs, content }: ImportedItem,
  into: string,
): SealItem {
  return {
    kind,
    name,
    folder: [into, folder].filter((part) => part !== "").join("/"),
    type: mediaType,
    size: content.length,
    modified: modifiedMs,
    open: async function* () {
      yield content;
    },
  };
}
