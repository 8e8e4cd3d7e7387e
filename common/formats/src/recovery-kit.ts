import {
  type Bytes,
  decodeBase64urlExact,
  encodeHex,
  expectLength,
  type Id,
  idBytes,
  MalformedError,
  parseId,
} from "@afterkeep/bytes";
import {
  ctx,
  decodeKeyWords,
  encodeKeyWords,
  hkdf,
  sha256,
  type SigningKey,
  signingKeyFromSeed,
} from "@afterkeep/crypto";

/** What is printed and kept in a drawer: opens the account without the passphrase, and revokes. */
export type RecoveryKit = {
  readonly account: Id;
  /** 32 random bytes. */
  readonly secret: Uint8Array;
  /** The thumb of the keyholder's key, pinned on paper: 43 characters. */
  readonly keyholder: string;
};

const title = "AFTERKEEP RECOVERY KIT 1";

/** The kit as text to print: title, account, keyholder, 24 numbered words, a check. */
export function formatRecoveryKit(kit: RecoveryKit): string {
  const words = encodeKeyWords(kit.secret).map(
    (word, i) => `${String(i + 1).padStart(2, " ")} ${word.padEnd(10, " ")}`,
  );
  const rows = [0, 4, 8, 12, 16, 20].map(
    (from) =>
      `  ${words
        .slice(from, from + 4)
        .join("")
        .trimEnd()}`,
  );
  return [
    title,
    `Account: ${kit.account}`,
    `Keyholder: ${kit.keyholder}`,
    "Words:",
    ...rows,
    `Check: ${checkOf(kit)}`,
    "",
  ].join("\n");
}

/**
 * Reads a typed or scanned kit: line breaks, spaces, numbers and letter case of the words do not matter. Throws MalformedError if
 * a word is misspelt or the check shows that account, keyholder and words do not belong together.
 */
export function parseRecoveryKit(text: string): RecoveryKit {
  const kit = {
    account: parseId(readField(text, /Account:\s*(\S+)/i)),
    secret: decodeKeyWords(readField(text, /Words:([\sA-Za-z0-9.]+?)Check:/i).match(/[A-Za-z]+/g) ?? []),
    keyholder: readField(text, /Keyholder:\s*(\S+)/i),
  };
  if (readField(text, /Check:\s*(\S+)/i).toLowerCase() !== checkOf(kit)) throw new MalformedError("recovery kit");
  return kit;
}

/** The kit's own signing key, KDF(secret, account, ctx("kit-revocation"), 32): signs revocations when OK is lost or stolen. */
export function kitRevocationKey(kit: Pick<RecoveryKit, "account" | "secret">): SigningKey {
  const secret = expectLength(kit.secret, 32, "kit secret");
  return signingKeyFromSeed(hkdf(secret, idBytes(kit.account), ctx("kit-revocation"), 32));
}

/** 40 bits over everything in the kit: finds a mistyped line, proves nothing. */
function checkOf(kit: RecoveryKit): string {
  const keyholder = decodeBase64urlExact(kit.keyholder, 32, "keyholder thumb");
  const check: Bytes = sha256(ctx("kit-check", idBytes(kit.account), kit.secret, keyholder));
  return (encodeHex(check.slice(0, 5)).match(/.{5}/g) ?? []).join("-");
}

function readField(text: string, pattern: RegExp): string {
  const value = pattern.exec(text)?.[1];
  if (value === undefined) throw new MalformedError("recovery kit");
  return value;
}
