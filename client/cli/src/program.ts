import { Command, CommanderError } from "commander";
import type { Act } from "./act.ts";
import { addAccountCommands } from "./commands/account.ts";
import { addBequestCommands } from "./commands/bequest.ts";
import { addCheckInCommand } from "./commands/check-in.ts";
import { addDocumentCommands } from "./commands/document.ts";
import { addExportCommand } from "./commands/export.ts";
import { addLogCommands } from "./commands/log.ts";
import { addRecipientCommands } from "./commands/recipient.ts";
import { addReleaseCommands } from "./commands/release.ts";
import { addStatusCommand } from "./commands/status.ts";
import { type GlobalOptions, openContext } from "./context.ts";
import { describeFailure, exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export type Program = { run(args: readonly string[]): Promise<number> };

/** The whole command line. `run` answers the exit code and never throws. */
export function buildProgram(terminal: Terminal): Program {
  const root = new Command("afterkeep")
    .description("Leave the right documents to the right people if you stop checking in.")
    .option("--server <url>", "server (default: the one this device knows, or AFTERKEEP_SERVER)")
    .option("--json", "print one JSON object")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    });
  const act: Act = async (command, work) => {
    const options: GlobalOptions = command.optsWithGlobals();
    const answer = await withSignal(async (signal) => work(await openContext(terminal, options, signal)));
    terminal.progress("");
    terminal.print(options.json === true ? JSON.stringify(answer.json) : answer.text);
  };
  const add = [
    addAccountCommands,
    addDocumentCommands,
    addRecipientCommands,
    addBequestCommands,
    addCheckInCommand,
    addReleaseCommands,
    addStatusCommand,
    addLogCommands,
    addExportCommand,
  ];
  for (const addTo of add) addTo(root, act);
  return { run: (args) => run(root, args, terminal) };
}

async function run(root: Command, args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await root.parseAsync([...args], { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { exitCode, code, message, next } = describeFailure(error);
    terminal.progress("");
    if (args.includes("--json")) terminal.print(JSON.stringify({ error: { code, message, next } }));
    else terminal.note([message, next].filter((line) => line !== "").join("\n"));
    if (terminal.env["AFTERKEEP_DEBUG"] !== undefined && error instanceof Error) terminal.note(traceOf(error));
    return exitCode;
  }
}

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

async function withSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", stop);
  }
}
