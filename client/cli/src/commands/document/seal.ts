import { readFile } from "node:fs/promises";
import { itemFromNote, RefusedError, type SealItem } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../../act.ts";
import type { CliContext } from "../../context.ts";
import { isOf, sealHere, withResumes } from "../../seal-here.ts";
import { itemOfFile, itemsOfPaths } from "../../seal-files.ts";
import { lineOf } from "./lines.ts";

type NewOption = { readonly new?: boolean };
type SealOptions = NewOption & { readonly folder: string; readonly note?: string; readonly textFile?: string };

export function addSealCommands(document: Command, act: Act): void {
  document
    .command("seal [paths...]")
    .description("seal files and folders, or a note (text from --text-file or stdin); goes on where it broke off")
    .option("--folder <folder>", "folder in the vault", "")
    .option("--new", "begin anew what was interrupted")
    .option("--note <name>", "seal a note of this name")
    .option("--text-file <file>", "the note's text")
    .action((paths: string[], options: SealOptions, command: Command) =>
      act(command, (context) => seal(context, paths, options)),
    );
  document
    .command("update <document> <file>")
    .description("seal a file as the next version of a document; earlier ones stay as your policy says")
    .option("--new", "begin anew what was interrupted")
    .action((id: string, file: string, options: NewOption, command: Command) =>
      act(command, (context) => update(context, id, file, options)),
    );
}

async function seal(context: CliContext, paths: readonly string[], options: SealOptions) {
  const items =
    options.note === undefined
      ? await itemsOfPaths(paths, options.folder)
      : [await noteOf(context.terminal, options.note, options)];
  return sealAnswer(context, items, options);
}

async function update(context: CliContext, id: string, file: string, options: NewOption) {
  const info = (await context.afterkeep.listDocuments()).find(({ doc }) => doc === id);
  if (info === undefined) throw new RefusedError("not-found", "There is no such document in your vault.");
  const { doc, name, folder } = info;
  return sealAnswer(context, [{ ...(await itemOfFile(file, folder)), name, document: doc }], options);
}

/** Whatever was begun from the same files before is gone on with, or discarded where the person wants to begin anew. */
async function sealAnswer(context: CliContext, items: readonly SealItem[], options: NewOption) {
  const pending = await context.afterkeep.pendingUploads();
  const mine = pending.filter((upload) => items.some((item) => isOf(upload, item)));
  if (options.new === true) for (const { ver } of mine) await context.afterkeep.discardUpload(ver);
  else if (mine.length > 0) context.terminal.note("Going on where it broke off.");
  const sealed = await sealHere(context, options.new === true ? items : withResumes(items, mine));
  return { json: { documents: sealed }, text: sealed.map((info) => `Sealed ${lineOf(info)}`).join("\n") };
}

async function noteOf(
  terminal: CliContext["terminal"],
  name: string,
  { textFile, folder }: SealOptions,
): Promise<SealItem> {
  if (textFile === undefined && terminal.isInteractive)
    terminal.note("Write the note; end with Ctrl-D on an empty line.");
  const text = textFile === undefined ? await terminal.readStdin() : await readFile(textFile, "utf8");
  return itemFromNote({ name, text, folder, modified: Date.now() });
}
