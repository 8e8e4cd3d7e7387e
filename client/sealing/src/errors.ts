/** The plaintext changed while it was being sealed: longer or shorter than announced. Nothing of the attempt may be kept. */
export class SourceSizeError extends Error {
  readonly code = "source-size";
  override readonly name = "SourceSizeError";

  constructor() {
    super("The file changed while it was being sealed.");
  }
}

/** A file under a passphrase that asks for so much work that trying one is refused. */
export class WorkFactorError extends Error {
  readonly code = "work-factor";
  override readonly name = "WorkFactorError";

  constructor() {
    super("This file asks for more work than a passphrase may cost here.");
  }
}
