import type { Command } from "commander";
import type { Act } from "../../act.ts";
import type { CliContext } from "../../context.ts";
import { writeDurably } from "../../private-file.ts";
import { parseKind } from "../../key-kind.ts";
import { formatBytes, showProgress } from "../../progress.ts";
import { placeBelow, saveStream } from "../../save-file.ts";
import { UsageError } from "../../usage-error.ts";

type OpenOptions = { readonly out?: string; readonly version?: string };
type ExportOptions = OpenOptions & { readonly kind: string; readonly identity?: string };

export function addOpenCommands(document: Command, act: Act): void {
  document
    .command("open <document>")
    .description("open a document into a file, which appears once all of it was verified")
    .option("--out <file>", "where to write it (default: its own name, here)")
    .option("--version <version>", "an earlier version (see: document versions)")
    .action((id: string, options: OpenOptions, command: Command) =>
      act(command, (context) => openOne(context, id, options)),
    );
  document
    .command("export <document>")
    .description("write one standard age file, and the identity that opens it")
    .option("--kind <kind>", "x25519 (any age) or hybrid (post-quantum)", "hybrid")
    .option("--out <file>", "the age file (default: NAME.age)")
    .option("--identity <file>", "where to write the identity (default: NAME.age.key)")
    .option("--version <version>", "an earlier version")
    .action((id: string, options: ExportOptions, command: Command) =>
      act(command, (context) => exportOne(context, id, options)),
    );
}

async function openOne(context: CliContext, id: string, options: OpenOptions) {
  const { info, stream } = await context.afterkeep.openDocument(id, howTo(context, id, options));
  const path = options.out ?? placeBelow(".", "", info.name);
  if (path === "-") throw new UsageError("Write to a file: what comes out is only whole when all of it was verified.");
  const bytes = await saveStream(stream, path);
  return { json: { document: info, file: path, bytes }, text: `${path} (${formatBytes(bytes)})` };
}

async function exportOne(context: CliContext, id: string, options: ExportOptions) {
  const kind = parseKind(options.kind);
  const exported = await context.afterkeep.exportAge(id, { kind, ...howTo(context, id, options) });
  const file = options.out ?? placeBelow(".", "", exported.fileName);
  const identityFile = options.identity ?? `${file}.key`;
  const bytes = await saveStream(exported.stream, file);
  await writeDurably(identityFile, `# opens ${exported.fileName}; keep it apart from the file\n${exported.identity}\n`);
  return {
    json: { document: id, kind, file, identityFile, bytes },
    text: `${file} (${formatBytes(bytes)}), opened by ${identityFile}:\n  age -d -i ${identityFile} ${file}`,
  };
}

function howTo({ terminal, signal }: CliContext, id: string, { version }: OpenOptions) {
  const onProgress = (done: number, total: number): void => showProgress(terminal, id, done, total);
  return { ...(version === undefined ? {} : { ver: version }), signal, onProgress };
}
