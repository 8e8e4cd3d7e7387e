import { asciiBytes, type Bytes, encodeHex, type Id, idBytes } from "@afterkeep/bytes";
import { pbkdf2Async } from "@noble/hashes/pbkdf2.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { ctx } from "./context.ts";
import { sha256 } from "./digest.ts";
import { wordsOfBits } from "./words.ts";

/** What owner and recipient read to each other: the same 88 bits as words and as digits. */
export type SafetyWords = { readonly words: readonly string[]; readonly digits: string };

const iterations = 2 ** 18;

/** PBKDF2-HMAC-SHA-512 of `password`, `length` bytes. A browser may pass one over WebCrypto, which is faster. */
export type StretchWords = (password: Bytes, salt: Bytes, iterations: number, length: number) => Promise<Uint8Array>;

/**
 * The eight words (or 27 digits) that let two people check by voice that they hold the same keys (protocol §3, Pins).
 *
 * Why stretched: an attacker in the middle needs a key whose words collide; each guess costs 2¹⁸ HMACs on top of 88 bits.
 * @param ownerKey the owner's raw Ed25519 public key
 * @param recipient the recipient's exact Bech32 age string
 */
export async function safetyWords(
  account: Id,
  ownerKey: Uint8Array,
  recipient: string,
  stretch: StretchWords = stretchInJavaScript,
): Promise<SafetyWords> {
  const subject = ctx("words", idBytes(account), ownerKey, sha256(asciiBytes(recipient)));
  const bits = (await stretch(subject, asciiBytes("afterkeep/v1/words"), iterations, 11)).slice(0, 11);
  return { words: wordsOfBits(bits, 8), digits: groupDigits(BigInt(`0x${encodeHex(bits)}`)) };
}

const stretchInJavaScript: StretchWords = (password, salt, c, dkLen) =>
  pbkdf2Async(sha512, password, salt, { c, dkLen });

/** 27 decimal digits in nine groups of three: 2⁸⁸ < 10²⁷. */
function groupDigits(value: bigint): string {
  return (value.toString().padStart(27, "0").match(/.{3}/g) ?? []).join(" ");
}
