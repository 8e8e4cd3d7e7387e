import { readFile } from "node:fs/promises";
import { encodeUtf8, MalformedError } from "@afterkeep/bytes";
import {
  type DocumentRecord,
  isRecordTemplate,
  parseRecord,
  type RecordField,
  type RecordTemplate,
  recordTemplateNames,
  recordTemplates,
} from "@afterkeep/formats";
import { itemFromNote, itemFromRecord, readRecord, type SealItem } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../../act.ts";
import type { CliContext } from "../../context.ts";
import { sealHere } from "../../seal-here.ts";
import type { Terminal } from "../../terminal.ts";
import { UsageError } from "../../usage-error.ts";
import { lineOf, placeOf } from "./lines.ts";

type NewOptions = { readonly name: string; readonly folder: string; readonly fromJson?: string };

const templates = [...recordTemplateNames, "letter"].join(", ");

export function addRecordCommands(document: Command, act: Act): void {
  document
    .command("new <template>")
    .description(`write a record from a template: ${templates}`)
    .requiredOption("--name <name>", "what to call it")
    .option("--folder <folder>", "folder in the vault", "")
    .option("--from-json <file>", "fields from a file instead of questions; - for stdin")
    .action((template: string, options: NewOptions, command: Command) =>
      act(command, (context) => write(context, template, options)),
    );
  document
    .command("show <document>")
    .description("show the fields of a record")
    .option("--reveal", "show what is secret too")
    .action((id: string, options: { readonly reveal?: boolean }, command: Command) =>
      act(command, (context) => show(context, id, options.reveal === true)),
    );
}

async function write(context: CliContext, template: string, options: NewOptions) {
  const item = await itemOf(context.terminal, template, options);
  const [info] = await sealHere(context, [item]);
  return { json: { documents: [info] }, text: info === undefined ? "" : `Sealed ${lineOf(info)}` };
}

async function itemOf(terminal: Terminal, template: string, options: NewOptions): Promise<SealItem> {
  const { name, folder } = options;
  const place = { name, folder, modified: Date.now() };
  if (template === "letter") return itemFromNote({ ...place, text: await textOf(terminal, options) });
  if (!isRecordTemplate(template)) throw new UsageError(`A template is one of ${templates}.`);
  const record =
    options.fromJson === undefined ? await ask(terminal, template) : readFields(await textOf(terminal, options));
  if (record.template !== template) throw new UsageError(`The file is a ${record.template}, not a ${template}.`);
  return itemFromRecord({ ...place, record });
}

async function textOf(terminal: Terminal, { fromJson }: NewOptions): Promise<string> {
  if (fromJson !== undefined && fromJson !== "-") return readFile(fromJson, "utf8");
  if (terminal.isInteractive) terminal.note("Write it; end with Ctrl-D on an empty line.");
  return terminal.readStdin();
}

function readFields(json: string): DocumentRecord {
  try {
    return parseRecord(encodeUtf8(json));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    const form = '{"template": "login", "fields": [{"name": "…", "kind": "text", "value": "…"}], "note": ""}';
    throw new UsageError(`The file is not a record. It looks like this: ${form}`);
  }
}

/** One question a field; what is secret is not shown while it is typed, and an empty answer leaves the field out. */
async function ask(terminal: Terminal, template: RecordTemplate): Promise<DocumentRecord> {
  if (!terminal.isInteractive) throw new UsageError("There is no terminal to ask. Use --from-json.");
  const fields: RecordField[] = [];
  for (const { name, kind } of recordTemplates[template]) {
    const isSecret = kind === "secret" || kind === "totp";
    const value = isSecret ? await terminal.askSecret(`${name}: `) : await terminal.ask(`${name}: `);
    if (value !== "") fields.push({ name, kind, value });
  }
  return { template, fields, note: await terminal.ask("Note: ") };
}

async function show({ afterkeep, signal }: CliContext, id: string, reveals: boolean) {
  const { info, stream } = await afterkeep.openDocument(id, { signal });
  const record = await readRecord(stream);
  const fields = record.fields.map((field) => (reveals || !isHidden(field) ? field : { ...field, value: "•••" }));
  const lines = fields.map(({ name, value }) => `${name.padEnd(24)}  ${value}`);
  const text = [placeOf(info), ...lines, ...(record.note === "" ? [] : ["", record.note])].join("\n");
  return { json: { document: info, template: record.template, fields, note: record.note }, text };
}

function isHidden({ kind }: RecordField): boolean {
  return kind === "secret" || kind === "totp";
}
