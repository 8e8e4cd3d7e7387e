/** What was handed out for a release is not what its owner and keyholder signed for this recipient. Says not which part differs. */
export class ReleaseMismatchError extends Error {
  override readonly name = "ReleaseMismatchError";

  constructor(cause?: unknown) {
    super("This release is not what its owner signed for you.", cause === undefined ? undefined : { cause });
  }
}

/** None of the lists that were handed out is one that the owner signed for this bequest. */
export class ManifestMissingError extends Error {
  override readonly name = "ManifestMissingError";

  constructor() {
    super("The list of what was left is missing.");
  }
}

/** The key that was brought is not the one that this release was sealed for. */
export class WrongKeyError extends Error {
  override readonly name = "WrongKeyError";

  constructor() {
    super("This key is not the one that this release is for.");
  }
}

/** The release is signed by somebody else than the owner whom the recipient's key names. */
export class ForeignOwnerError extends Error {
  override readonly name = "ForeignOwnerError";

  constructor() {
    super("This release is not from the person your key is for.");
  }
}
