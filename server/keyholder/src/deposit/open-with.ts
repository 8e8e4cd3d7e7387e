import { MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import type { AgeIdentity, AgeRecipient } from "@afterkeep/formats";
import { ConflictError } from "@afterkeep/platform";
import type { DepositKeys, DepositPlace } from "./deposit-keys.ts";

/** Opens a deposit with whichever open one-time key of its place fits. Throws ConflictError when none does. */
export async function openWith<Opened>(
  keys: DepositKeys,
  place: DepositPlace,
  open: (identity: AgeIdentity) => Promise<Opened>,
): Promise<{ deposit: Opened; recipient: AgeRecipient }> {
  for (const { identity, recipient } of keys.openFor(place)) {
    const deposit = await open(identity).catch(nullIfSealedToAnother);
    if (deposit !== null) return { deposit, recipient };
  }
  throw new ConflictError("deposit-key-unknown", "This share was sealed to a key that is not open any more.", {
    next: "Ask for a new key and seal the share again.",
  });
}

function nullIfSealedToAnother(error: unknown): null {
  if (error instanceof DecryptionError || error instanceof MalformedError) return null;
  throw error;
}
