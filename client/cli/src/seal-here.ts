import { type DocumentInfo, type PendingUpload, RefusedError, type SealItem } from "@afterkeep/sdk";
import type { CliContext } from "./context.ts";
import { showSealing } from "./progress.ts";

/**
 * Seals with a line of progress. What breaks off stays in the journal of this device, and the person is told how to go on.
 */
export async function sealHere(
  { afterkeep, terminal, signal }: CliContext,
  items: readonly SealItem[],
): Promise<DocumentInfo[]> {
  const isResumable = items.every(({ source }) => source !== undefined);
  try {
    return await afterkeep.seal(items, {
      signal,
      // Why: what does not come from a file cannot be gone on with by another run.
      keepOnCancel: isResumable,
      onProgress: (progress) => showSealing(terminal, progress),
      onRestart: (index, reason) => {
        const why = reason === "file-changed" ? "has changed since" : "is no longer waited for by the server";
        terminal.note(`"${items[index]?.name}" ${why}: it begins anew, under a new key.`);
      },
      onNotFollowed: ({ message, next }) => terminal.note(`${message} ${next}`),
    });
  } catch (error) {
    if (!(error instanceof RefusedError && error.code === "cancelled")) throw error;
    const kept = {
      next: "What was sent is kept: seal the same files again to go on, or see: afterkeep document uploads",
    };
    throw new RefusedError("cancelled", "Stopped. Nothing was added to your vault.", {
      ...(isResumable ? kept : {}),
      cause: error,
    });
  }
}

/** Gives each item the interrupted upload that was begun from the same file for the same document, if there is one: the newest. */
export function withResumes(items: readonly SealItem[], pending: readonly PendingUpload[]): SealItem[] {
  const newestFirst = [...pending].sort((a, b) => b.startedAt - a.startedAt);
  return items.map((item) => {
    const found = newestFirst.find((upload) => isOf(upload, item));
    return found === undefined ? item : { ...item, resume: found.ver };
  });
}

/** Why by folder and document too: the same file may be on its way to two places. */
export function isOf(upload: PendingUpload, item: SealItem): boolean {
  const document = upload.isVersion ? upload.doc : undefined;
  return (
    item.source !== undefined &&
    upload.source === item.source &&
    upload.folder === item.folder &&
    upload.name === item.name &&
    document === item.document
  );
}
