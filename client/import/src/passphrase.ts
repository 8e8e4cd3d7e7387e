import { ImportError } from "./import-error.ts";

/** Throws ImportError if nobody gave a passphrase. */
export function expectPassphrase(passphrase: string | undefined): string {
  if (passphrase !== undefined && passphrase !== "") return passphrase;
  throw new ImportError(
    "passphrase-needed",
    "This file is protected by a passphrase. Enter the passphrase of the export.",
  );
}

export function wrongPassphrase(): ImportError {
  return new ImportError(
    "wrong-passphrase",
    "This passphrase does not open the file. Nothing was imported. Check the passphrase (and the key file, if there is one) " +
      "and try again.",
  );
}

/** Throws ImportError unless the key stretching that an untrusted file asks for is within the bounds. */
export function expectCost(isWithinBounds: boolean): void {
  if (!isWithinBounds) throw tooCostly();
}

export function tooCostly(): ImportError {
  return new ImportError(
    "too-costly",
    "Opening this file would take more time or memory than is reasonable. Lower its key derivation settings in the program " +
      "that wrote it and export again.",
  );
}
