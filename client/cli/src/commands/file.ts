import { readFile } from "node:fs/promises";
import { MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { type AgeIdentity, parseIdentity, parseRecipient, recipientKind } from "@afterkeep/formats";
import { type FileOptions, openFile, sealFile } from "@afterkeep/sealing/files";
import type { Command } from "commander";
import { RefusedFileError } from "../failure.ts";
import { formatBytes, showProgress } from "../progress.ts";
import type { ProgramRun } from "../run-program.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

type Common = { readonly json?: boolean; readonly out: string; readonly workers?: string };
type SealOptions = Common & { readonly to: readonly string[] };
type OpenOptions = Common & { readonly identity: readonly string[] };

export function addFileCommands(root: Command, run: ProgramRun, terminal: Terminal): void {
  const file = root.command("file").description("plain age files, without an account or a server");
  const workers = ["--workers <count>", "worker threads; 0 for none (default: as the file's size asks for)"] as const;
  file
    .command("seal <input>")
    .description("seal a file as a standard age file")
    .requiredOption("--to <recipients...>", "age1… or age1pq1… keys")
    .requiredOption("--out <file>", "the age file, which must not exist")
    .option(...workers)
    .action((input: string, _options, command: Command) => {
      const options: SealOptions = command.optsWithGlobals();
      return run.answer(options.json === true, (signal) => seal(input, options, { terminal, signal }));
    });
  file
    .command("open <input>")
    .description("open an age file; the output appears once all of it was authenticated")
    .requiredOption("--identity <files...>", "identity files, as age writes them")
    .requiredOption("--out <file>", "where to write it, which must not exist")
    .option(...workers)
    .action((input: string, _options, command: Command) => {
      const options: OpenOptions = command.optsWithGlobals();
      return run.answer(options.json === true, (signal) => open(input, options, { terminal, signal }));
    });
}

type Place = { readonly terminal: Terminal; readonly signal: AbortSignal };

async function seal(input: string, options: SealOptions, place: Place) {
  const recipients = options.to.map((text) => orUsage(() => parseRecipient(text), `"${text}" is not an age key.`));
  if (new Set(recipients.map(recipientKind)).size > 1)
    throw new UsageError("age1… and age1pq1… keys cannot share a file: it would be no safer than the weaker of them.");
  const how = { recipients, ...howTo(input, options, place) };
  const { outputBytes } = await refusing(() => sealFile(input, options.out, how));
  return answerOf(options.out, outputBytes);
}

async function open(input: string, options: OpenOptions, place: Place) {
  const identities = (await Promise.all(options.identity.map(readIdentities))).flat();
  const how = { identities, ...howTo(input, options, place) };
  const { outputBytes } = await refusing(() => openFile(input, options.out, how));
  return answerOf(options.out, outputBytes);
}

/** As age reads them: one identity a line, comments and empty lines between. */
async function readIdentities(path: string): Promise<AgeIdentity[]> {
  const lines = (await readFile(path, "utf8")).split(/\r?\n/).map((line) => line.trim());
  const found = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (found.length === 0) throw new UsageError(`There is no identity in ${path}.`);
  // Why the text is not repeated: it is a secret, or half of one.
  return found.map((line) => orUsage(() => parseIdentity(line), `${path} is not an age identity file.`));
}

function orUsage<T>(parse: () => T, message: string): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedError) throw new UsageError(message);
    throw error;
  }
}

function howTo(input: string, { workers }: Common, { terminal, signal }: Place): FileOptions {
  if (workers !== undefined && !/^\d{1,2}$/.test(workers)) throw new UsageError("--workers is a small whole number.");
  const onProgress = (done: number, total: number): void => showProgress(terminal, input, done, total);
  return { signal, onProgress, workers: workers === undefined ? undefined : Number(workers) };
}

function answerOf(file: string, bytes: number) {
  return { json: { file, bytes }, text: `${file} (${formatBytes(bytes)})` };
}

/** A file that is not what it should be is refused; nothing of it was written. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refused = (code: string, why: string) => new RefusedFileError(code, `${why} Nothing was written.`, error);
    if (error instanceof DecryptionError)
      throw refused("not-opened", "No identity here opens this file, or it was changed or cut short.");
    if (error instanceof MalformedError) throw refused("not-age", "This is not an age file.");
    if (error instanceof Error && error.name === "SourceSizeError")
      throw refused("size-changed", "The file changed while it was read.");
    if (error instanceof Error && error.name === "AbortError") throw refused("cancelled", "Stopped.");
    throw error;
  }
}
