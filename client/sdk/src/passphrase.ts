import { commonTokens } from "./common-tokens.ts";
import { PassphraseError } from "./errors.ts";

export const minPassphraseLength = 12;
/** What a passphrase must be worth at least, in bits of this rough estimate. */
const minPassphraseBits = 45;

export type PassphraseVerdict = {
  readonly ok: boolean;
  readonly bits: number;
  readonly reason: "" | "too-short" | "common" | "too-simple";
  readonly message: string;
};

/**
 * A rough, offline lower estimate of how hard a passphrase is to guess. It knows a small list of common words and patterns
 * (runs, repeats, years), so it refuses what is obviously weak; it cannot know that a phrase was published somewhere, nor that it is the
 * name of somebody's dog unless that stands in `hints`.
 * @param hints what an attacker would try first: the person's name and address
 */
export function judgePassphrase(passphrase: string, hints: readonly string[] = []): PassphraseVerdict {
  const tokens = splitTokens(passphrase);
  const known = new Set(hints.flatMap((hint) => splitTokens(hint)).map(plainForm));
  const seen = new Set<string>();
  let bits = 0;
  let commonLength = 0;
  for (const token of tokens) {
    const plain = plainForm(token);
    const isCommon = commonTokens.has(plain) || known.has(plain);
    if (isCommon) commonLength += token.length;
    bits += seen.has(plain) ? 1 : isCommon ? 6 : tokenBits(token);
    seen.add(plain);
  }
  return verdictOf(passphrase, bits, commonLength);
}

/** Throws PassphraseError on a passphrase that judgePassphrase refuses. */
export function requireGoodPassphrase(passphrase: string, hints: readonly string[] = []): void {
  const verdict = judgePassphrase(passphrase, hints);
  if (verdict.ok) return;
  throw new PassphraseError(`passphrase-${verdict.reason}`, verdict.message, {
    next: "Four or five words that have nothing to do with each other are easy to remember and hard to guess.",
  });
}

function verdictOf(passphrase: string, bits: number, commonLength: number): PassphraseVerdict {
  const rounded = Math.round(bits);
  if ([...passphrase].length < minPassphraseLength) {
    return {
      ok: false,
      bits: rounded,
      reason: "too-short",
      message: `Use at least ${minPassphraseLength} characters.`,
    };
  }
  if (bits >= minPassphraseBits) return { ok: true, bits: rounded, reason: "", message: "Good." };
  return commonLength * 2 >= passphrase.length
    ? { ok: false, bits: rounded, reason: "common", message: "This is built from words that are guessed first." }
    : {
        ok: false,
        bits: rounded,
        reason: "too-simple",
        message: "This is too easy to guess. Make it longer or less regular.",
      };
}

/**
 * Runs of letters (with the digits people write for letters inside them), of digits, and every other character alone. Common words that were
 * written together are taken apart again.
 */
function splitTokens(text: string): string[] {
  return (text.match(/\p{L}+(?:[013457@$]+\p{L}+)*|\p{N}+|./gsu) ?? []).flatMap(splitCommonWords);
}

const commonWords = new RegExp(
  [...commonTokens]
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length)
    .join("|"),
  "g",
);

function splitCommonWords(token: string): string[] {
  const plain = plainForm(token);
  if (token.length < 8 || plain.length !== token.length) return [token];
  const parts: string[] = [];
  let at = 0;
  for (const { index, 0: word } of plain.matchAll(commonWords)) {
    parts.push(token.slice(at, index), token.slice(index, index + word.length));
    at = index + word.length;
  }
  return [...parts, token.slice(at)].filter((part) => part !== "");
}

function plainForm(token: string): string {
  const letters: Readonly<Record<string, string>> = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "@": "a",
    $: "s",
  };
  if (/^\p{N}+$/u.test(token)) return token;
  return [...token.toLowerCase()].map((c) => letters[c] ?? c).join("");
}

function tokenBits(token: string): number {
  if (isRun(token)) return 5;
  const unit = /^(.{2,}?)\1+$/su.exec(token)?.[1];
  if (unit !== undefined) return tokenBits(unit) + 2;
  if (/^\p{N}+$/u.test(token)) return Math.min(token.length * 3.3, isYearOrDate(token) ? 9 : Number.POSITIVE_INFINITY);
  if (!/^\p{L}/u.test(token)) return token === " " || token === "-" ? 1 : 4;
  const caseBits = /^\p{Lu}?\p{Ll}*$|^\p{Lu}+$/u.test(token) ? 0.5 : 4;
  // A run of letters may be a dictionary word: about 13 bits whatever its length, unless it is longer than words are.
  const asWord = token.length <= 14 && /[aeiouyäöüàéèíóú]/i.test(token) ? 13 : Number.POSITIVE_INFINITY;
  return Math.min(token.length * 4.7, asWord) + caseBits;
}

function isYearOrDate(digits: string): boolean {
  return /^(19|20)\d\d$/.test(digits) || /^\d{6}$|^\d{8}$/.test(digits);
}

/** aaaa, abcd, 4321, and runs along a row of the keyboard. */
function isRun(token: string): boolean {
  const text = token.toLowerCase();
  if (text.length < 3) return false;
  const steps = new Set(Array.from({ length: text.length - 1 }, (_, i) => text.charCodeAt(i + 1) - text.charCodeAt(i)));
  if (steps.size === 1 && [0, 1, -1].includes([...steps][0] ?? 9)) return true;
  const rows = ["qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "azertyuiop", "1234567890"];
  // Why three times: people go round and round along the row of digits.
  const roundAndRound = rows.flatMap((row) => [row.repeat(3), [...row.repeat(3)].reverse().join("")]);
  return roundAndRound.some((row) => row.includes(text));
}
