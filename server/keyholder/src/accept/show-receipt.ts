import { MalformedError } from "@afterkeep/bytes";
import { InvariantError } from "@afterkeep/platform";
import { openStatement, type Receipt, StatementError } from "@afterkeep/statements";
import { holdEverything } from "../decide/hold-everything.ts";
import type { KeyholderParts } from "../parts.ts";
import { readEpoch } from "../store/epoch.ts";
import { findReceipt } from "../store/statements.ts";

type Own = { readonly id: string; readonly jws: string; readonly body: Receipt };

/**
 * Whether a receipt of this keyholder's own is none of its store's: then the whole folder, mark and all, was put back from a copy, and
 * whatever was signed since is lost here. Everything is held, in an epoch above the lost ones (protocol §5, Restore). The receipt may come from
 * anybody: nobody else can make one.
 */
export function showReceipt(parts: KeyholderParts, jws: string): { isProof: boolean } {
  const receipt = readOwn(parts, jws);
  if (receipt === null || !isLost(parts, receipt)) return { isProof: false };
  holdEverything(parts, { above: receipt.body.epoch });
  return { isProof: true };
}

/**
 * Why not by how far it counts: a store that was put back goes on to count, past what it lost. Two histories of one epoch never agree on what they answered.
 *
 * Invariant: a receipt leaves only after its commit is on the disk (Store.commit, SharedCommit), and no receipt is ever removed or replaced. What is taken
 * back after a restore comes with receipts of epochs before the present one. So of the present epoch the store lacks none that it gave.
 */
function isLost(parts: KeyholderParts, { id, jws, body }: Own): boolean {
  const epoch = readEpoch(parts.store);
  if (body.epoch !== epoch) return body.epoch > epoch;
  const kept = findReceipt(parts.store, body.statement);
  if (kept === null) return true;
  if (kept === jws) return false;
  const own = readOwn(parts, kept);
  // Why no proof: a record that got damaged would hold everything for months, and nothing was lost.
  if (own === null) parts.onError(new InvariantError("receipt-damaged", "Something went wrong on our side."));
  return own !== null && own.id !== id;
}

function readOwn({ keys, settings }: KeyholderParts, jws: string): Own | null {
  try {
    const opened = openStatement("receipt", jws, keys.signing.publicKey);
    return opened.body.mode === settings.mode ? opened : null;
  } catch (error) {
    if (error instanceof StatementError || error instanceof MalformedError) return null;
    throw error;
  }
}
