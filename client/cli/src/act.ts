import type { Command } from "commander";
import type { CliContext } from "./context.ts";
import type { Answer } from "./run-program.ts";

/** Runs a command's work and prints what it has to say. Handed to every command. */
export type Act = (command: Command, work: (context: CliContext) => Promise<Answer>) => Promise<void>;
