import { MalformedError } from "@afterkeep/bytes";
import { type BroughtKey, parseTypedKey } from "@afterkeep/sealing";
import { RefusedError } from "./errors.ts";

/** Reads a key file, an age identity, or its 24 words. Throws RefusedError "wrong-key". */
export function readKey(typed: string): BroughtKey {
  try {
    return parseTypedKey(typed);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new RefusedError("wrong-key", "This is neither a key file with one key in it nor the 24 words of one.", {
      cause: error,
    });
  }
}
