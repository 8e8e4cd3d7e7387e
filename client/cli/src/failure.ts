import { UsageError } from "./usage-error.ts";

/** Stable: scripts depend on them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  notReceipted: 4,
  unavailable: 5,
  interrupted: 130,
} as const;

/** What to tell and with which exit code to end. */
export type Failure = {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly next: string;
};

/** A file of the person's own was refused: exit code 3. */
export class RefusedFileError extends Error {
  override readonly name = "RefusedFileError";
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Whoever was asked for something pressed ctrl-c, or ended the input: exit code 130, as of every program that ctrl-c ends. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  constructor() {
    super("Stopped.");
  }
}

/** Of a wrong call, of a file that cannot be read or written, and of everything that nobody expected. */
export function describeLocalFailure(error: unknown): Failure {
  if (error instanceof UsageError)
    return { exitCode: exitCodes.usage, code: error.code, message: error.message, next: "" };
  if (error instanceof RefusedFileError)
    return { exitCode: exitCodes.refused, code: error.code, message: error.message, next: "" };
  if (error instanceof InterruptedError)
    return { exitCode: exitCodes.interrupted, code: "interrupted", message: error.message, next: "" };
  const { path, message } = fileProblem(error);
  if (path !== "") return { exitCode: exitCodes.usage, code: "file", message: `${path}: ${message}`, next: "" };
  return {
    exitCode: exitCodes.failed,
    code: "unexpected",
    message,
    next: "Run it again with AFTERKEEP_DEBUG=1 and report what it prints.",
  };
}

function fileProblem(error: unknown): { path: string; message: string } {
  if (!(error instanceof Error)) return { path: "", message: String(error) };
  const path = "path" in error && typeof error.path === "string" ? error.path : "";
  return { path, message: error.message };
}
