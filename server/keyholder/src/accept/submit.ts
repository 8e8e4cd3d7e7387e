import { encodeBase64url, MalformedError } from "@afterkeep/bytes";
import { ConflictError, ForbiddenError, InputError } from "@afterkeep/platform";
import { StatementError, type StatementErrorCode, readStatement } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import { findReceiptIfReadable } from "../store/statements.ts";
import { acceptCheckIn } from "./accept-check-in.ts";
import { acceptControl, type OwnerKind } from "./accept-control.ts";
import type { OnVerified } from "./hear-or-note.ts";

export type SubmittedKind = OwnerKind | "checkin";

/**
 * Judges one untrusted statement and answers with a receipt that is on disk. The same statement again gets the same receipt.
 * Throws InputError for what is not a valid statement, ConflictError or ForbiddenError for what is not acceptable now.
 */
export function submit(
  parts: KeyholderParts,
  kind: SubmittedKind,
  jws: string,
  onVerified: OnVerified,
): { receipt: string } {
  try {
    const read = readStatement(kind, jws);
    const known = findReceiptIfReadable(parts.store, encodeBase64url(read.id));
    if (known !== null) return { receipt: known };
    const moment = parts.time.advance();
    return {
      receipt:
        kind === "checkin"
          ? acceptCheckIn(parts, read, moment, onVerified)
          : acceptControl(parts, kind, jws, moment, onVerified),
    };
  } catch (error) {
    throw toPublicError(error);
  }
}

const headCodes: ReadonlySet<StatementErrorCode> = new Set(["chain-conflict", "chain-gap"]);

/** What another zone may hear of why a statement was refused. */
export function toPublicError(error: unknown): unknown {
  if (error instanceof MalformedError) return toPublicError(new StatementError("malformed", "", error));
  if (!(error instanceof StatementError)) return error;
  if (headCodes.has(error.code)) {
    const next = "Look at what changed, then sign again.";
    return new ConflictError("head-stale", "Something else was signed in between.", { next, cause: error });
  }
  if (error.code === "device-unknown") return new ForbiddenError(error.code, error.message, { cause: error });
  return new InputError(`statement-${error.code}`, error.message, { cause: error });
}
