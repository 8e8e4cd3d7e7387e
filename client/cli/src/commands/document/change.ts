import { RefusedError } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../../act.ts";
import type { CliContext } from "../../context.ts";
import { UsageError } from "../../usage-error.ts";
import { lineOf, placeOf } from "./lines.ts";

export function addChangeCommands(document: Command, act: Act): void {
  document
    .command("rename <document> <name>")
    .description("give a document another name; its bytes stay as they are")
    .action((doc: string, name: string, _options, command: Command) =>
      act(command, (context) => change(context, [doc], { name })),
    );
  document
    .command("move <documents...>")
    .description("move documents to another folder")
    .requiredOption("--to <folder>", 'the folder; "" is the top')
    .action((docs: string[], { to }: { to: string }, command: Command) =>
      act(command, (context) => change(context, docs, { folder: to })),
    );
  document
    .command("remove <documents...>")
    .description("remove documents and all their versions from your vault")
    .option("--yes", "do not ask")
    .action((docs: string[], { yes }: { yes?: boolean }, command: Command) =>
      act(command, (context) => remove(context, docs, yes === true)),
    );
}

async function change(
  { afterkeep }: CliContext,
  docs: readonly string[],
  wanted: { readonly name?: string; readonly folder?: string },
) {
  const documents = await afterkeep.changeDocuments(docs.map((doc) => ({ doc, ...wanted })));
  return { json: { documents }, text: documents.map(lineOf).join("\n") };
}

async function remove({ afterkeep, terminal }: CliContext, docs: readonly string[], yes: boolean) {
  const known = (await afterkeep.listVault()).documents.filter(({ doc }) => docs.includes(doc));
  if (!yes) {
    if (!terminal.isInteractive) throw new UsageError("There is no terminal to ask. Use --yes.");
    terminal.note(known.map((info) => `  ${placeOf(info)}`).join("\n"));
    const answer = await terminal.ask("Remove this for good? Type yes: ");
    if (answer !== "yes") throw new RefusedError("cancelled", "Nothing was removed.");
  }
  await afterkeep.removeDocuments(docs);
  const text = `Removed ${docs.length}. The server deletes the sealed bytes 30 days after nothing names them any more.`;
  return { json: { removed: docs }, text };
}
