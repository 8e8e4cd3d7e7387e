import { decodeBase64urlExact, encodeBase64url, isId } from "@afterkeep/bytes";
import { signingKeyFromSeed } from "@afterkeep/crypto";
import { headField, hashField, idField, keyholderMode, countField, statementLimits } from "@afterkeep/statements";
import { z } from "zod";
import { RefusedError } from "./errors.ts";
import { emptyProfile, emptySecrets, type ProfileStore, type StoredProfile } from "./profile.ts";

const delegateKeySchema = z.strictObject({
  v: z.literal(1),
  what: z.literal("afterkeep-delegate"),
  server: z.string().min(1).max(2048),
  account: idField,
  /** 32 bytes of Ed25519. Whoever has them can check in weakly, and nothing else. */
  seed: hashField,
  keyholder: z.strictObject({ publicKey: hashField, thumb: hashField, nextKey: hashField, mode: keyholderMode }),
  head: headField,
  seen: z.strictObject({ epoch: countField, counter: countField }),
  /** The newest receipt, which goes with every check-in; empty in files of an earlier version. */
  receipt: z.string().max(statementLimits.receipt).default(""),
});

/** All that a job needs to check in and to know whether that counted: its key, whom to ask, and how far it has seen the keyholder count. */
export type DelegateKey = z.infer<typeof delegateKeySchema>;

/** The text of a key's file. */
export function writeDelegateKey(key: DelegateKey): string {
  return `${JSON.stringify(key, null, 2)}\n`;
}

/** Reads a key's file. Throws RefusedError "wrong-key". */
export function readDelegateKey(text: string): DelegateKey {
  try {
    return delegateKeySchema.parse(JSON.parse(text));
  } catch (error) {
    throw new RefusedError("wrong-key", "This is not the file of a key that may only check in.", {
      next: "Make one with: afterkeep delegate create --out <file>",
      cause: error,
    });
  }
}

/** The key's name: its public half. */
export function delegatePublicKey({ seed }: Pick<DelegateKey, "seed">): string {
  return encodeBase64url(signingKeyFromSeed(decodeBase64urlExact(seed, 32, "seed")).publicKey);
}

/**
 * What a device remembers, kept in a delegate's file alone: whom it pinned, and what it saw last. Nothing else is remembered, and there is no session.
 * @param keep makes the changed file durable before it resolves
 */
export function delegateStore(first: DelegateKey, keep: (key: DelegateKey) => Promise<void>): ProfileStore {
  let key = first;
  return {
    load: () => Promise.resolve(profileOf(key)),
    save: async ({ head, seen, lastReceipt }) => {
      const next = { ...key, head: head ?? key.head, seen: seen ?? key.seen, receipt: lastReceipt };
      await keep(next);
      key = next;
    },
    loadSecrets: () => Promise.resolve({ ...emptySecrets, device: key.seed }),
    saveSecrets: () => Promise.reject(new Error("a delegate keeps no other secret")),
  };
}

function profileOf({ server, account, keyholder, head, seen, receipt }: DelegateKey): StoredProfile {
  if (!isId(account)) throw new RefusedError("wrong-key", "This is not the file of a key that may only check in.");
  return { ...emptyProfile(server), account, keyholder, head, seen, lastReceipt: receipt };
}
