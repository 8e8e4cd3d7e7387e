import { decodeBase64urlExact, MalformedError } from "@afterkeep/bytes";
import { type AgeIdentity, type AgeRecipient, identityOfWords, identityWords, parseIdentity } from "@afterkeep/formats";

/** A standard age identity file; what Afterkeep needs beside the key stands in comments, which `age -i` skips. */
export type KeyFile = {
  readonly identity: AgeIdentity;
  readonly recipient: AgeRecipient;
  readonly account: string;
  readonly r: string;
  /** The owner's raw public key, 43 characters: remembered on paper who the key is for. */
  readonly ownerKey: string;
};

/** What a person brings to open with. `ownerKey`: whose release it is for, null where nothing says so. */
export type BroughtKey = { readonly identity: AgeIdentity; readonly ownerKey: Uint8Array | null };

export function formatKeyFile(key: KeyFile): string {
  const words = identityWords(key.identity);
  return [
    "# Afterkeep recipient key 1. Keep this file safe: it opens what is left to you, and nobody can make it again.",
    `# account: ${key.account}`,
    `# recipient: ${key.r}`,
    `# owner key: ${key.ownerKey}`,
    `# public key: ${key.recipient}`,
    "# The same key as 24 words, to write down on paper:",
    ...[0, 6, 12, 18].map((from) => `#   ${words.slice(from, from + 6).join(" ")}`),
    key.identity,
    "",
  ].join("\n");
}

/** Reads an untrusted key file, or any age identity file with one hybrid identity. Throws MalformedError. */
export function parseKeyFile(text: string): BroughtKey {
  const identities = text.split(/\r?\n/).filter((line) => line.startsWith("AGE-SECRET-KEY-"));
  if (identities.length !== 1) throw new MalformedError("key file");
  const ownerKey = /^# owner key: (\S+)\r?$/m.exec(text)?.[1];
  return {
    identity: parseIdentity((identities[0] ?? "").trim()),
    ownerKey: ownerKey === undefined ? null : decodeBase64urlExact(ownerKey, 32, "owner key"),
  };
}

/** What somebody typed or pasted: a key file, an age identity, or its 24 words. Throws MalformedError. */
export function parseTypedKey(typed: string): BroughtKey {
  const text = typed.trim();
  if (/AGE-SECRET-KEY-/i.test(text)) return parseKeyFile(text.includes("\n") ? text : text.toUpperCase());
  return { identity: identityOfWords(text), ownerKey: null };
}
