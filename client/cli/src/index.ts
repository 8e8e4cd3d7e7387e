export { buildProgram, type Program } from "./program.ts";
export type { Terminal } from "./terminal.ts";
export { exitCodes } from "./exit-codes.ts";
