import { decodeBase64urlExact, MalformedError } from "@afterkeep/bytes";
import { type AgeIdentity, type AgeRecipient, parseIdentity } from "@afterkeep/formats";
import { RefusedError } from "./errors.ts";

/** A standard age identity file; what Afterkeep needs beside the key stands in comments, which `age -i` skips. */
export type KeyFile = {
  readonly identity: AgeIdentity;
  readonly recipient: AgeRecipient;
  readonly account: string;
  readonly r: string;
  /** The owner's raw public key, 43 characters: remembered on paper who the key is for. */
  readonly ownerKey: string;
};

export function formatKeyFile(key: KeyFile): string {
  return [
    "# Afterkeep recipient key 1. Keep this file safe: it opens what is left to you, and nobody can make it again.",
    `# account: ${key.account}`,
    `# recipient: ${key.r}`,
    `# owner key: ${key.ownerKey}`,
    `# public key: ${key.recipient}`,
    key.identity,
    "",
  ].join("\n");
}

/** Reads a key file, or any age identity file with one hybrid identity. Throws RefusedError "wrong-key". */
export function parseKeyFile(text: string): { readonly identity: AgeIdentity; readonly ownerKey: Uint8Array | null } {
  const identities = text.split(/\r?\n/).filter((line) => line.startsWith("AGE-SECRET-KEY-"));
  const ownerKey = /^# owner key: (\S+)$/m.exec(text)?.[1];
  try {
    if (identities.length !== 1) throw new MalformedError("key file");
    return {
      identity: parseIdentity((identities[0] ?? "").trim()),
      ownerKey: ownerKey === undefined ? null : decodeBase64urlExact(ownerKey, 32, "owner key"),
    };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new RefusedError("wrong-key", "This is not a key file with one key in it.", { cause: error });
  }
}
