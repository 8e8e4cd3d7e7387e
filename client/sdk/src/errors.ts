/**
 * Everything the SDK throws on purpose. `message` is for the person in front of it, `next` says what they can do, `code` is stable
 * for programs. No secret ever enters either text.
 */
export class SdkError extends Error {
  readonly code: string;
  readonly next: string;
  /** How long the server asks to wait before trying again, ms; 0 where it says nothing. */
  readonly retryAfterMs: number;

  constructor(
    code: string,
    message: string,
    options: { next?: string; cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.next = options.next ?? "";
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** The server refused (4xx) with a problem document (RFC 9457). */
export class ProblemError extends SdkError {
  readonly status: number;
  readonly requestId: string;

  constructor(problem: {
    status: number;
    code: string;
    detail: string;
    next: string;
    requestId: string;
    retryAfterMs?: number;
  }) {
    super(problem.code, problem.detail, { next: problem.next, retryAfterMs: problem.retryAfterMs });
    this.status = problem.status;
    this.requestId = problem.requestId;
  }

  /** The same refusal, its message beginning with what therefore did not happen. */
  prefixed(failure: string): ProblemError {
    const { status, code, next, requestId } = this;
    return new ProblemError({ status, code, detail: `${failure} ${this.message}`, next, requestId });
  }
}

/** Nobody answered, or the server could not do it now. Trying again later is right. */
export class UnavailableError extends SdkError {}

/** The keyholder's receipt is missing or does not prove what it should: what was sent must be taken as not having happened. */
export class NotReceiptedError extends SdkError {
  /** The same, its message beginning with what therefore did not happen. */
  prefixed(failure: string): NotReceiptedError {
    return new NotReceiptedError(this.code, `${failure} ${this.message}`, { next: this.next, cause: this.cause });
  }
}

export type RefusalCode =
  | "keyholder-changed"
  | "owner-key-changed"
  | "recipient-key-changed"
  | "recipient-not-accepted"
  | "recipient-not-verified"
  | "email-not-verified"
  | "email-differs"
  | "bequest-changed"
  | "kit-wrong"
  | "kit-not-needed"
  | "label-older"
  | "words-differ"
  | "wrong-key"
  | "document-forged"
  | "manifest-older"
  | "manifest-missing"
  | "chain-invalid"
  | "chain-restored"
  | "release-mismatch"
  | "server-answer-invalid"
  | "log-forked"
  | "locked"
  | "not-found"
  | "conflict"
  | "draft-incomplete"
  | "size-changed"
  | "too-large"
  | "not-possible"
  | "order-invalid"
  | "document-in-bequest"
  | "bequest-not-followed"
  | "upload-damaged"
  | "upload-lost"
  | "session-ended"
  | "sign-in-failed"
  | "cancelled";

/** This client refuses: what it was given does not hold against what it knows or can verify. */
export class RefusedError extends SdkError {
  declare readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(code, message, options);
  }

  /** The same refusal, its message beginning with what therefore did not happen. */
  prefixed(failure: string): RefusedError {
    if (this.message.startsWith(failure)) return this;
    return new RefusedError(this.code, `${failure} ${this.message}`, { next: this.next, cause: this.cause });
  }
}

/** Another device changed something between two reads. Reading again from the chain on is the answer; people meet it only if that never helps. */
export class ChainMovedError extends RefusedError {
  constructor(cause?: unknown) {
    super("conflict", "Another of your devices keeps changing things at the same moment.", {
      next: "Wait a moment and try again.",
      cause,
    });
  }
}

/** A passphrase that is too easy to guess. */
export class PassphraseError extends SdkError {}
