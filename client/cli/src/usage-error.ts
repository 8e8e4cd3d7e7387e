/** The command was called in a way that cannot be right: exit code 2. */
export class UsageError extends Error {
  readonly code = "usage";
  override readonly name = "UsageError";
}
