/** What a person is told, and what we keep for ourselves. */
export type ErrorExtras = {
  /** What the person can do next, in plain words. */
  next?: string;
  /** Private: goes to the log, never to an answer. */
  cause?: unknown;
};

/**
 * An error that says who must act, by its class. `code` is stable and part of the API; `publicMessage` is shown to people
 * and never holds a secret.
 */
export abstract class AfterkeepError extends Error {
  readonly code: string;
  readonly publicMessage: string;
  readonly next: string | undefined;

  constructor(code: string, publicMessage: string, extras: ErrorExtras = {}) {
    super(`${code}: ${publicMessage}`, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = new.target.name;
    this.code = code;
    this.publicMessage = publicMessage;
    this.next = extras.next;
  }
}

/** The caller sent something that cannot be meant. */
export class InputError extends AfterkeepError {}
/** We do not know who is asking. */
export class UnauthenticatedError extends AfterkeepError {}
/** We know who is asking, and they may not. */
export class ForbiddenError extends AfterkeepError {}
/** It does not exist, or the asker may not know that it does. */
export class NotFoundError extends AfterkeepError {}
/** The world changed under the caller. */
export class ConflictError extends AfterkeepError {}
/** The caller must wait. */
export class RateLimitedError extends AfterkeepError {}
/** Something that we depend on is away; the operator must act. */
export class DependencyError extends AfterkeepError {}
/** We are wrong. Alerts. */
export class InvariantError extends AfterkeepError {}
