/** The plaintext changed while it was being sealed: longer or shorter than announced. Nothing of the attempt may be kept. */
export class SourceSizeError extends Error {
  readonly code = "source-size";
  override readonly name = "SourceSizeError";

  constructor() {
    super("The file changed while it was being sealed.");
  }
}
