import { type PendingUpload, RefusedError, type SealItem } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../../act.ts";
import type { CliContext } from "../../context.ts";
import { formatBytes } from "../../progress.ts";
import { itemOfFile } from "../../seal-files.ts";
import { sealHere } from "../../seal-here.ts";
import { UsageError } from "../../usage-error.ts";
import { lineOf, placeOf } from "./lines.ts";

type Which = { readonly all?: boolean };

export function addUploadCommands(document: Command, act: Act): void {
  document
    .command("uploads")
    .description("list uploads of this device that were interrupted, or are under way")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep, journal }) => {
        const [uploads, damaged] = [await afterkeep.pendingUploads(), await journal.listDamaged()];
        const lines = uploads.length + damaged.length === 0 ? ["None."] : uploads.map(uploadLine);
        const lost = damaged.map((ver) => `${ver}  its journal is damaged: discard it, and seal the file again`);
        return { json: { uploads, damaged }, text: [...lines, ...lost].join("\n") };
      }),
    );
  document
    .command("resume [uploads...]")
    .description("go on with interrupted uploads, from the files they were begun from")
    .option("--all", "all of them")
    .action((ids: string[], options: Which, command: Command) =>
      act(command, (context) => resume(context, ids, options)),
    );
  document
    .command("discard-upload [uploads...]")
    .description("forget interrupted uploads, here and on the server")
    .option("--all", "all of them")
    .action((ids: string[], options: Which, command: Command) =>
      act(command, (context) => discard(context, ids, options)),
    );
}

async function resume(context: CliContext, ids: readonly string[], options: Which) {
  const chosen = choose(await context.afterkeep.pendingUploads(), ids, options);
  const items = await Promise.all(chosen.map(itemOf));
  const sealed = items.length === 0 ? [] : await sealHere(context, items);
  const text = sealed.length === 0 ? "Nothing was interrupted." : sealed.map((info) => `Sealed ${lineOf(info)}`);
  return { json: { documents: sealed }, text: [text].flat().join("\n") };
}

async function discard({ afterkeep, journal }: CliContext, ids: readonly string[], options: Which) {
  const damaged = await journal.listDamaged();
  const known = [...(await afterkeep.pendingUploads()), ...damaged.map((ver) => ({ ver }))];
  const discarded = choose(known, ids, options).map(({ ver }) => ver);
  for (const ver of discarded) {
    if (damaged.includes(ver)) await journal.remove(ver);
    else await afterkeep.discardUpload(ver);
  }
  return { json: { discarded }, text: `${discarded.length} discarded.` };
}

function choose<U extends { readonly ver: string; readonly isUnderWay?: boolean }>(
  known: readonly U[],
  ids: readonly string[],
  which: Which,
): U[] {
  if ((ids.length === 0) !== (which.all === true)) throw new UsageError("Name uploads, or --all.");
  // Why not those under way: another process is at them, and "all" means all that were left behind.
  if (which.all === true) return known.filter(({ isUnderWay }) => isUnderWay !== true);
  return ids.map((id) => {
    const found = known.find(({ ver }) => ver === id);
    if (found !== undefined) return found;
    throw new RefusedError("not-found", `There is no interrupted upload ${id} on this device.`);
  });
}

async function itemOf(upload: PendingUpload): Promise<SealItem> {
  const { ver, doc, name, folder, source, isVersion } = upload;
  if (source === "") throw new UsageError(`"${name}" was not sealed from a file. Seal it again; then discard ${ver}.`);
  const file = await itemOfFile(source, folder);
  return { ...file, name, ...(isVersion ? { document: doc } : {}), resume: ver };
}

function uploadLine(upload: PendingUpload): string {
  const { ver, doneBytes, sealedBytes, source, isUnderWay } = upload;
  return `${ver}  ${formatBytes(doneBytes)} of ${formatBytes(sealedBytes)}  ${placeOf(upload)}  ${isUnderWay ? "under way" : source}`;
}
