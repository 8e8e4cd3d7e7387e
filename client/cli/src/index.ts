export { buildProgram } from "./program.ts";
export type { Program } from "./run-program.ts";
export type { Terminal } from "./terminal.ts";
export { exitCodes } from "./failure.ts";
