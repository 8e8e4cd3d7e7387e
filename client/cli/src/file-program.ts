import { Command } from "commander";
import { addFileCommands } from "./commands/file.ts";
import { describeLocalFailure } from "./failure.ts";
import { type Program, ProgramRun, withGlobalOptions } from "./run-program.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The `file` commands alone.
 * Why apart: they need no account and no server, and loading the rest takes longer than sealing a small file.
 */
export function buildFileProgram(terminal: Terminal): Program {
  const root = withGlobalOptions(new Command("afterkeep"), terminal);
  const run = new ProgramRun(terminal, describeLocalFailure);
  addFileCommands(root, run, terminal);
  return { run: (args) => run.run(root, args) };
}
