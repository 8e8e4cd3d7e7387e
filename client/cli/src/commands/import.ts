import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  detectImport,
  type ImportedItem,
  type ImportFormat,
  type ImportOptions,
  type ImportResult,
  readImport,
} from "@afterkeep/import";
import type { SealItem } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../act.ts";
import type { CliContext } from "../context.ts";
import { sealHere } from "../seal-here.ts";
import { type PassphraseOptions, readPassphrase } from "../secret-input.ts";
import { UsageError } from "../usage-error.ts";

type Options = PassphraseOptions & {
  readonly format?: string;
  readonly keyFile?: string;
  readonly folder: string;
  readonly dryRun?: boolean;
};

const formats: readonly ImportFormat[] = ["bitwarden", "1password", "keepass", "csv"];

export function addImportCommand(root: Command, act: Act): void {
  root
    .command("import <file>")
    .description("seal everything of another program's export: Bitwarden, 1Password (1PUX), KeePass (KDBX 4) or CSV")
    .option("--format <format>", `${formats.join(", ")} (default: what the file says)`)
    .option("--passphrase-file <file>", "the passphrase of a protected export")
    .option("--key-file <file>", "the key file of a KeePass database")
    .option("--folder <folder>", "folder in the vault to put everything below", "")
    .option("--dry-run", "say what would be sealed, and seal nothing")
    .action((file: string, options: Options, command: Command) =>
      act(command, (context) => importFile(context, file, options)),
    );
}

/** All of it becomes part of the vault by one signed list, or nothing does. */
async function importFile(context: CliContext, file: string, options: Options) {
  const { items, warnings } = await readExport(context, file, options);
  const found = countKinds(items);
  const said = [`${describe(found)} in ${file}.`, ...warnings.map((warning) => `  ${warning}`)];
  if (options.dryRun === true) {
    const text = [...said, "Nothing was sealed: this was a dry run."].join("\n");
    return { json: { dryRun: true, found, warnings, documents: [] }, text };
  }
  if (items.length === 0) throw new UsageError(`There is nothing to import in ${file}.`);
  const documents = await sealHere(
    context,
    items.map((item) => sealItemOf(item, options.folder)),
  );
  const text = [...said, `Sealed ${documents.length}. Delete ${file} when you are content: it is not protected.`];
  return { json: { dryRun: false, found, warnings, documents }, text: text.join("\n") };
}

async function readExport({ terminal, signal }: CliContext, file: string, options: Options): Promise<ImportResult> {
  const bytes = await readFile(file);
  const detected = detectImport(basename(file), bytes);
  const format = formatOf(options.format, detected?.format, file);
  const isLocked = detected?.needsPassphrase === true && detected.format === format;
  const wantsPassphrase = options.passphraseFile !== undefined || (isLocked && options.keyFile === undefined);
  const reading: ImportOptions = {
    nowMs: Date.now(),
    signal,
    ...(wantsPassphrase ? { passphrase: await readPassphrase(terminal, options, false) } : {}),
    ...(options.keyFile === undefined ? {} : { keyFile: await readFile(options.keyFile) }),
  };
  return readImport(format, bytes, reading);
}

function formatOf(asked: string | undefined, detected: ImportFormat | undefined, file: string): ImportFormat {
  const format = asked === undefined ? detected : formats.find((one) => one === asked);
  if (format !== undefined) return format;
  if (asked !== undefined) throw new UsageError(`--format is one of ${formats.join(", ")}.`);
  throw new UsageError(`${file} is not an export that can be read here. To keep it as it is: afterkeep document seal`);
}

function sealItemOf({ kind, name, folder, mediaType, modifiedMs, content }: ImportedItem, below: string): SealItem {
  return {
    kind,
    name,
    folder: [below, folder].filter((part) => part !== "").join("/"),
    type: mediaType,
    size: content.length,
    modified: modifiedMs,
    open: async function* () {
      yield content;
    },
  };
}

type Found = Readonly<Record<ImportedItem["kind"], number>>;

function countKinds(items: readonly ImportedItem[]): Found {
  const count = (kind: ImportedItem["kind"]): number => items.filter((item) => item.kind === kind).length;
  return { record: count("record"), note: count("note"), file: count("file") };
}

function describe({ record, note, file }: Found): string {
  const say = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`;
  return `${say(record, "record")}, ${say(note, "note")} and ${say(file, "file")}`;
}
