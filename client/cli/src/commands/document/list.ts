import { searchDocuments } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../../act.ts";
import { lineOf } from "./lines.ts";

export function addListCommands(document: Command, act: Act): void {
  document
    .command("list")
    .description("list everything, verified against the list you signed")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const { documents, damaged } = await afterkeep.listVault();
        const lines = documents.length + damaged.length === 0 ? ["Your vault is empty."] : documents.map(lineOf);
        const lost = damaged.map((doc) => `${doc}  MISSING OR DAMAGED on the server: not what you signed`);
        return { json: { documents, damaged }, text: [...lines, ...lost].join("\n") };
      }),
    );
  document
    .command("search <words...>")
    .description("find documents by name and folder; the search runs here, the server sees nothing of it")
    .action((words: string[], _options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const documents = searchDocuments((await afterkeep.listVault()).documents, words.join(" "));
        const text = documents.length === 0 ? "Nothing of that name." : documents.map(lineOf).join("\n");
        return { json: { documents }, text };
      }),
    );
}
