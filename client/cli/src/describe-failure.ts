import { ImportError } from "@afterkeep/import";
import { NotReceiptedError, ProblemError, SdkError, UnavailableError } from "@afterkeep/sdk";
import { describeLocalFailure, exitCodes, type Failure } from "./failure.ts";

/** Of the SDK's refusals, of an import's, and of what describeLocalFailure knows. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof SdkError) {
    const { code, message, next } = error;
    return { exitCode: exitCodeOf(error), code, message, next };
  }
  if (error instanceof ImportError) {
    const isCall = error.code === "passphrase-needed" || error.code === "unknown-format";
    const exitCode = isCall ? exitCodes.usage : exitCodes.refused;
    return { exitCode, code: error.code, message: error.message, next: "" };
  }
  return describeLocalFailure(error);
}

function exitCodeOf(error: SdkError): number {
  if (error instanceof NotReceiptedError) return exitCodes.notReceipted;
  if (error instanceof UnavailableError) return exitCodes.unavailable;
  if (error instanceof ProblemError && error.status === 429) return exitCodes.unavailable;
  return exitCodes.refused;
}
