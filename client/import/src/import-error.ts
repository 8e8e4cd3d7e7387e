/**
 * Why an import was refused as a whole.
 * `unknown-format`, `not-portable` (only the account that wrote it can read it) and `unsupported`: another file is needed.
 * `passphrase-needed` and `wrong-passphrase`: the person tries again. `damaged`: the file must be exported again.
 * `too-large` and `too-costly`: the file asks for more than a bound here.
 */
export type ImportErrorCode =
  | "unknown-format"
  | "not-portable"
  | "unsupported"
  | "passphrase-needed"
  | "wrong-passphrase"
  | "damaged"
  | "too-large"
  | "too-costly";

/**
 * The file was refused and nothing of it was read into an item. The message is for the person: what is wrong, what to do next.
 * It quotes nothing from inside the file, because all of that may be secret.
 */
export class ImportError extends Error {
  override readonly name = "ImportError";
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The refusal of a file whose bytes are not what its format says. */
export function damaged(what: string): ImportError {
  return new ImportError(
    "damaged",
    `This ${what} is damaged or incomplete. Nothing was imported. Export it again and try once more.`,
  );
}

/** Runs `read`; whatever it throws that is no refusal of ours and no cancellation becomes one: the file is damaged. */
export async function refuseAsDamaged<T>(
  what: string,
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof ImportError) throw cause;
    // Why without the cause: a parser's own message may quote the text around the fault.
    throw damaged(what);
  }
}
