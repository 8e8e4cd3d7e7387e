/**
 * Bytes or text do not have the exact form their specification gives. The caller sent something wrong; the message names the
 * format and never quotes the content, which may be secret.
 */
export class MalformedError extends Error {
  readonly code = "malformed";
  override readonly name = "MalformedError";

  /** @param what the format that was expected, for example `base64url` */
  constructor(what: string) {
    super(`not a valid ${what}`);
  }
}
