import { NotReceiptedError, ProblemError, RefusedError, SdkError, UnavailableError } from "@afterkeep/sdk";

export type ErrorWords = {
  title: string;
  detail: string;
  next: string;
  /** What the person may quote to whoever runs the server; empty when the server was not involved. */
  reference: string;
};

function titleOf(error: SdkError): string {
  if (error instanceof NotReceiptedError) return "This did not count";
  if (error instanceof UnavailableError) return "The service cannot be reached just now";
  if (error instanceof RefusedError) return "This was stopped to keep you safe";
  return "This could not be done";
}

const quietRefusals = new Set([
  "sign-in-failed",
  "wrong-key",
  "email-not-verified",
  "too-large",
  "size-changed",
  "recipient-not-accepted",
  "locked",
  "cancelled",
  "not-found",
  "conflict",
  "draft-incomplete",
  "document-in-bequest",
  "session-ended",
  "upload-lost",
  "upload-damaged",
  "not-possible",
  "kit-wrong",
  "kit-not-needed",
]);

/** Turns whatever was thrown into words. An unknown error never shows its own text: it could hold anything. */
export function describeError(error: unknown): ErrorWords {
  if (!(error instanceof SdkError)) {
    return {
      title: "Something went wrong on this page",
      detail: "Nothing was changed that you were not told about.",
      next: "Reload the page and try again.",
      reference: "",
    };
  }
  const quiet = error instanceof RefusedError && quietRefusals.has(error.code);
  return {
    title: quiet ? "This could not be done" : titleOf(error),
    detail: error.message,
    next: error.next,
    reference: error instanceof ProblemError ? error.requestId : "",
  };
}

export function isSignedOut(error: unknown): boolean {
  return (
    (error instanceof ProblemError && error.status === 401) ||
    (error instanceof SdkError && error.code === "session-ended")
  );
}

export function isCancelled(error: unknown): boolean {
  return (
    (error instanceof SdkError && error.code === "cancelled") ||
    (error instanceof DOMException && error.name === "AbortError")
  );
}
