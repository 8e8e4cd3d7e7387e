import { type Command, CommanderError } from "commander";
import { exitCodes, type Failure } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

/** What a command has to say: for programs (`--json`) and for people. `exitCode` where it did not do all that it was asked. */
export type Answer = { readonly json: object; readonly text: string; readonly exitCode?: number };

export type Program = { run(args: readonly string[]): Promise<number> };

/** Runs one command and says what came of it. `describe`: how what it threw is told. */
export class ProgramRun {
  readonly #terminal: Terminal;
  readonly #describe: (error: unknown) => Failure;
  #exitCode: number = exitCodes.done;

  constructor(terminal: Terminal, describe: (error: unknown) => Failure) {
    this.#terminal = terminal;
    this.#describe = describe;
  }

  /** Says a command's answer. Ctrl-C aborts the signal that `work` gets; a second one ends the process. */
  async answer(isJson: boolean, work: (signal: AbortSignal) => Promise<Answer>): Promise<void> {
    const answer = await withSignal(work);
    this.#terminal.progress("");
    this.#terminal.print(isJson ? JSON.stringify(answer.json) : answer.text);
    this.#exitCode = answer.exitCode ?? exitCodes.done;
  }

  /** Answers the exit code and never throws. */
  async run(root: Command, args: readonly string[]): Promise<number> {
    const terminal = this.#terminal;
    try {
      await root.parseAsync([...args], { from: "user" });
      return this.#exitCode;
    } catch (error) {
      if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
      const { exitCode, code, message, next } = this.#describe(error);
      terminal.progress("");
      if (args.includes("--json")) terminal.print(JSON.stringify({ error: { code, message, next } }));
      else terminal.note([message, next].filter((line) => line !== "").join("\n"));
      if (terminal.env["AFTERKEEP_DEBUG"] !== undefined && error instanceof Error) terminal.note(traceOf(error));
      return exitCode;
    }
  }
}

/** The options that every command knows, on a root that throws instead of ending the process. */
export function withGlobalOptions(root: Command, terminal: Terminal): Command {
  return root
    .description("Leave the right documents to the right people if you stop checking in.")
    .option("--server <url>", "server (default: the one this device knows, or AFTERKEEP_SERVER)")
    .option("--json", "print one JSON object")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    });
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
