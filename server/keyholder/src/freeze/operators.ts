import { decodeBase64urlExact } from "@afterkeep/bytes";
import { isSafePublicKey } from "@afterkeep/crypto";
import { InputError } from "@afterkeep/platform";

/** The least number of operators that can freeze anything: nobody does it alone. */
export const operatorsNeeded = 2;

/** Reads the operators' public keys from the settings. Throws InputError for one that is no safe Ed25519 key, or is named twice. */
export function readOperators(keys: readonly string[]): Uint8Array[] {
  if (new Set(keys).size !== keys.length) throw new InputError("operator-twice", "An operator's key is named twice.");
  return keys.map((text) => {
    const key = decodeBase64urlExact(text, 32, "operator's key");
    if (isSafePublicKey(key)) return key;
    throw new InputError("operator-unsafe", "An operator's key is not a safe Ed25519 key.", {
      next: "Make one with: afterkeep operator key",
    });
  });
}
