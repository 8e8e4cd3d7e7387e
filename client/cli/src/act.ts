import type { Command } from "commander";
import type { Answer, CliContext } from "./context.ts";

/** Runs a command's work and prints what it has to say. Handed to every command. */
export type Act = (command: Command, work: (context: CliContext) => Promise<Answer>) => Promise<void>;
