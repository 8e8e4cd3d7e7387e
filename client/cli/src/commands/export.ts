import { generateIdentity } from "@afterkeep/formats";
import { RefusedError } from "@afterkeep/sdk";
import type { Command } from "commander";
import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CliContext } from "../context.ts";
import { writeDurably } from "../private-file.ts";
import type { Act } from "../act.ts";
import { exitCodes } from "../failure.ts";
import { showProgress } from "../progress.ts";
import { distinctPlace, placeBelow, saveStream } from "../save-file.ts";
import { parseKind } from "../key-kind.ts";
import { UsageError } from "../usage-error.ts";

type Options = { readonly out: string; readonly kind: string };

export function addExportCommand(root: Command, act: Act): void {
  root
    .command("export")
    .description("write everything in your vault as standard age files, with the one identity that opens them")
    .option("--out <folder>", "where to write it", "afterkeep-export")
    .option("--kind <kind>", "x25519 (any age) or hybrid (post-quantum)", "hybrid")
    .action((options: Options, command: Command) => act(command, (context) => exportAll(context, options)));
}

async function exportAll({ afterkeep, terminal, signal }: CliContext, options: Options) {
  const kind = parseKind(options.kind);
  const identity = await generateIdentity(kind);
  const taken = new Set<string>();
  const documents = [];
  const { documents: whole, damaged: unlisted } = await afterkeep.listVault();
  const damaged: string[] = [...unlisted];
  const identityFile = join(options.out, "identity.txt");
  const index = join(options.out, "index.json");
  if (whole.length > 0) {
    await mkdir(options.out, { recursive: true });
    await expectNoExport(identityFile);
    // Why first: what breaks off later has left files that open.
    await writeDurably(identityFile, `# opens every .age file in this folder; keep it apart from them\n${identity}\n`);
  }
  for (const info of whole) {
    try {
      const exported = await afterkeep.exportAge(info.doc, {
        // Why named: the list was read a moment ago, and need not be read for each again.
        ver: info.ver,
        kind,
        identity,
        signal,
        onProgress: (done, total) => showProgress(terminal, info.name, done, total),
      });
      const file = distinctPlace(taken, placeBelow(options.out, info.folder, exported.fileName));
      const bytes = await saveStream(exported.stream, file);
      documents.push({ ...info, file, bytes });
    } catch (error) {
      // Why not the end: one object that rotted must not keep all others from leaving.
      if (!(error instanceof RefusedError && error.code === "document-forged")) throw error;
      damaged.push(info.doc);
    }
  }
  if (documents.length > 0) await writeDurably(index, `${JSON.stringify({ documents }, null, 2)}\n`);
  return {
    exitCode: damaged.length === 0 ? exitCodes.done : exitCodes.refused,
    json: { kind, identityFile, index, documents, damaged },
    text: [
      `${documents.length} documents in ${options.out}, all opened by ${identityFile}.`,
      ...damaged.map((doc) => `NOT exported: ${doc} is missing or damaged on the server.`),
    ].join("\n"),
  };
}

/** Why: an export has a key of its own, and written over that of an earlier one it would leave files that nothing opens. */
async function expectNoExport(identityFile: string): Promise<void> {
  const isThere = await access(identityFile).then(
    () => true,
    () => false,
  );
  if (isThere) throw new UsageError(`${identityFile} opens an earlier export. Choose another folder with --out.`);
}
