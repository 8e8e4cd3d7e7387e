import { isAbove, openStatement, type Receipt, StatementError } from "@afterkeep/statements";
import { MalformedError } from "@afterkeep/bytes";
import { holdEverything } from "../decide/hold-everything.ts";
import type { KeyholderParts } from "../parts.ts";
import { readCounter } from "../store/accounts.ts";
import { readEpoch } from "../store/epoch.ts";

/**
 * Whether a receipt of this keyholder's own counts further than its store: then the whole folder, mark and all, was put back from a copy, and
 * whatever was signed since is lost here. Everything is held, in an epoch above the lost ones (protocol §5, Restore). The receipt may come from
 * anybody: nobody else can make one.
 */
export function showReceipt(parts: KeyholderParts, jws: string): { isProof: boolean } {
  const receipt = readOwn(parts, jws);
  if (receipt === null) return { isProof: false };
  const known = { epoch: readEpoch(parts.store), counter: readCounter(parts.store, receipt.account) };
  if (!isAbove(receipt, known)) return { isProof: false };
  holdEverything(parts, { above: receipt.epoch });
  return { isProof: true };
}

function readOwn({ keys, settings }: KeyholderParts, jws: string): Receipt | null {
  try {
    const { body } = openStatement("receipt", jws, keys.signing.publicKey);
    return body.mode === settings.mode ? body : null;
  } catch (error) {
    if (error instanceof StatementError || error instanceof MalformedError) return null;
    throw error;
  }
}
