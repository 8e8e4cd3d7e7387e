import { readFile } from "node:fs/promises";
import { type DocumentInfo, itemFromNote, type SealItem } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { writeDurably } from "../home.ts";
import type { Act } from "../act.ts";
import { formatBytes, showProgress } from "../progress.ts";
import { placeBelow, saveStream } from "../save-file.ts";
import { itemsOfPaths } from "../seal-files.ts";
import { UsageError } from "../usage-error.ts";

type SealOptions = { readonly folder: string; readonly note?: string; readonly textFile?: string };
type OpenOptions = { readonly out?: string };
type ExportOptions = { readonly kind: string; readonly out?: string; readonly identity?: string };

export function addDocumentCommands(root: Command, act: Act): void {
  const document = root.command("document").description("what lies sealed in your vault");
  document
    .command("seal [paths...]")
    .description("seal files and folders, or a note (text from --text-file or stdin)")
    .option("--folder <folder>", "folder in the vault", "")
    .option("--note <name>", "seal a note of this name")
    .option("--text-file <file>", "the note's text")
    .action((paths: string[], options: SealOptions, command: Command) =>
      act(command, (context) => seal(context, paths, options)),
    );
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
    .command("open <document>")
    .description("open a document into a file, or onto stdout with --out -")
    .option("--out <file>", "where to write it (default: its own name, here)")
    .action((id: string, options: OpenOptions, command: Command) =>
      act(command, (context) => openOne(context, id, options)),
    );
  document
    .command("export <document>")
    .description("write one standard age file, and the identity that opens it")
    .option("--kind <kind>", "x25519 (any age) or hybrid (post-quantum)", "hybrid")
    .option("--out <file>", "the age file (default: NAME.age)")
    .option("--identity <file>", "where to write the identity (default: NAME.age.key)")
    .action((id: string, options: ExportOptions, command: Command) =>
      act(command, (context) => exportOne(context, id, options)),
    );
}

async function seal({ afterkeep, terminal, signal }: CliContext, paths: readonly string[], options: SealOptions) {
  const items: SealItem[] =
    options.note === undefined
      ? await itemsOfPaths(paths, options.folder)
      : [await noteOf(terminal, options.note, options)];
  const sealed = await afterkeep.seal(items, {
    signal,
    onProgress: ({ name, allDoneBytes, allTotalBytes }) => showProgress(terminal, name, allDoneBytes, allTotalBytes),
  });
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

async function openOne({ afterkeep, terminal, signal }: CliContext, id: string, options: OpenOptions) {
  const { info, stream } = await afterkeep.openDocument(id, {
    signal,
    onProgress: (done, total) => showProgress(terminal, id, done, total),
  });
  const path = options.out ?? placeBelow(".", "", info.name);
  if (path === "-") throw new UsageError("Write to a file: what comes out is only whole when all of it was verified.");
  const bytes = await saveStream(stream, path);
  return { json: { document: info, file: path, bytes }, text: `${path} (${formatBytes(bytes)})` };
}

async function exportOne({ afterkeep, terminal, signal }: CliContext, id: string, options: ExportOptions) {
  const kind = parseKind(options.kind);
  const exported = await afterkeep.exportAge(id, {
    kind,
    signal,
    onProgress: (done, total) => showProgress(terminal, id, done, total),
  });
  const file = options.out ?? placeBelow(".", "", exported.fileName);
  const identityFile = options.identity ?? `${file}.key`;
  const bytes = await saveStream(exported.stream, file);
  await writeDurably(identityFile, `# opens ${exported.fileName}; keep it apart from the file\n${exported.identity}\n`);
  return {
    json: { document: id, kind, file, identityFile, bytes },
    text: `${file} (${formatBytes(bytes)}), opened by ${identityFile}:\n  age -d -i ${identityFile} ${file}`,
  };
}

export function parseKind(kind: string): "hybrid" | "x25519" {
  if (kind === "hybrid" || kind === "x25519") return kind;
  throw new UsageError("--kind is hybrid or x25519.");
}

function lineOf(info: DocumentInfo): string {
  const place = info.folder === "" ? info.name : `${info.folder}/${info.name}`;
  return `${info.doc}  ${formatBytes(info.size).padStart(8)}  ${place}`;
}
