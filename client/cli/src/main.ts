import { processTerminal } from "./terminal.ts";

const args = process.argv.slice(2);
const terminal = processTerminal();
const isFile = args.find((arg) => arg !== "--json") === "file";
const program = isFile
  ? (await import("./file-program.ts")).buildFileProgram(terminal)
  : (await import("./program.ts")).buildProgram(terminal);
process.exitCode = await program.run(args);
