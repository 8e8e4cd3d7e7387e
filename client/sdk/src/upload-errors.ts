import { RefusedError } from "./errors.ts";

/** Why an upload cannot go on under its key; it begins anew under a fresh one. */
export type RestartReason = "file-changed" | "upload-lost";

/** Going on would seal other bytes under a used key and nonce, or nobody can tell whether it would. */
export class UploadUnusableError extends Error {
  override readonly name = "UploadUnusableError";
  readonly reason: RestartReason;

  constructor(reason: RestartReason, cause?: unknown) {
    super("this upload cannot go on under its key", { cause });
    this.reason = reason;
  }
}

export function uploadDamaged(): RefusedError {
  return new RefusedError("upload-damaged", "The server did not receive what was sent to it, so nothing was added.", {
    next: "Try again. If it stays, ask whoever runs the server.",
  });
}

export function uploadGivenUp(cause: unknown): RefusedError {
  return new RefusedError("conflict", "This upload was given up meanwhile, in another window, so nothing was added.", {
    next: "Seal the file again if you still want it kept.",
    cause,
  });
}
