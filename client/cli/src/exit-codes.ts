import { NotReceiptedError, ProblemError, SdkError, UnavailableError } from "@afterkeep/sdk";
import { UsageError } from "./usage-error.ts";

/** Stable: scripts depend on them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, refused: 3, notReceipted: 4, unavailable: 5 } as const;

export type Failure = {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly next: string;
};

/** What to tell and with which exit code to end. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError)
    return { exitCode: exitCodes.usage, code: error.code, message: error.message, next: "" };
  if (error instanceof SdkError) {
    const { code, message, next } = error;
    return { exitCode: exitCodeOf(error), code, message, next };
  }
  const { path, message } = fileProblem(error);
  if (path !== "") return { exitCode: exitCodes.usage, code: "file", message: `${path}: ${message}`, next: "" };
  return {
    exitCode: exitCodes.failed,
    code: "unexpected",
    message,
    next: "Run it again with AFTERKEEP_DEBUG=1 and report what it prints.",
  };
}

function exitCodeOf(error: SdkError): number {
  if (error instanceof NotReceiptedError) return exitCodes.notReceipted;
  if (error instanceof UnavailableError) return exitCodes.unavailable;
  if (error instanceof ProblemError && error.status === 429) return exitCodes.unavailable;
  return exitCodes.refused;
}

function fileProblem(error: unknown): { path: string; message: string } {
  if (!(error instanceof Error)) return { path: "", message: String(error) };
  const path = "path" in error && typeof error.path === "string" ? error.path : "";
  return { path, message: error.message };
}
