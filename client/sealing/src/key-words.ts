import type { Id } from "@afterkeep/bytes";
import { safetyWords, type SafetyWords, type StretchWords } from "@afterkeep/crypto";

/** PBKDF2 by the platform, ten times as fast as in JavaScript; the words are the same. */
const stretchNatively: StretchWords = async (password, salt, iterations, length) => {
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-512", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
};

/** The eight words of an owner's key and a recipient's. */
export function wordsOf(account: Id, ownerKey: Uint8Array, recipient: string): Promise<SafetyWords> {
  // Why asked: some browsers have no WebCrypto for a page that was opened as a file.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  return safetyWords(account, ownerKey, recipient, subtle === undefined ? undefined : stretchNatively);
}
