import type { KeyholderParts } from "../parts.ts";
import { noteRefusedSign, type RefusedSign } from "../store/refused-signs.ts";
import { isOfTheDisk, isOfTheStore } from "../store/store.ts";

/** Its `challenge` is what it answers, where that is spent with it. */
type Verified = Omit<RefusedSign, "attended"> & { readonly challenge?: string };

/** Hears of a sign as soon as all of it is verified, key and freshness too, and before anything of it is written. */
export type OnVerified = (sign: Verified) => void;

/**
 * Hears one sign in the commit of all that have arrived; where the store cannot take it, notes that it came. Why once more, alone, after an error of the disk: it may be
 * another of that commit that met what the disk does not give.
 */
export function hearTogether<Result>(parts: KeyholderParts, hear: (onVerified: OnVerified) => Result): Promise<Result> {
  const verified: Verified[] = [];
  return parts.sharedCommit.run(
    () => hear((sign) => verified.push(sign)),
    (error) => {
      const [sign] = verified;
      // Why: it was spent as soon as its own part of the commit was done.
      if (sign?.challenge !== undefined) parts.challenges.reopen(sign.challenge);
      if (isOfTheDisk(error)) return hearAlone(parts, hear);
      if (sign !== undefined) noteRefused(parts, sign, error);
      throw error;
    },
  );
}

/** The same in a commit of its own. */
export function hearAlone<Result>(parts: KeyholderParts, hear: (onVerified: OnVerified) => Result): Result {
  const verified: Verified[] = [];
  try {
    return hear((sign) => verified.push(sign));
  } catch (error) {
    for (const sign of verified) noteRefused(parts, sign, error);
    throw error;
  }
}

/** Why what fails here is not thrown: who signed must hear why their sign was refused. */
function noteRefused({ store, time, onError }: KeyholderParts, sign: Verified, error: unknown): void {
  if (!isOfTheStore(error)) return;
  try {
    // Why by the time now: that of a commit that failed may not be on the disk.
    store.commit(() => noteRefusedSign(store, { ...sign, attended: time.now().attendedMs }));
  } catch (failure) {
    onError(failure);
  }
}
