import { createHash, randomBytes } from "node:crypto";
import { MalformedError } from "@afterkeep/bytes";
import type { AgeIdentity, AgeKeyKind, AgeRecipient } from "@afterkeep/formats";

/*
 * In place of common/formats' age-keys.ts where signatures are injected: keys whose public half is a hash of the
 * secret one, and much shorter than real ones: they are in every policy, and a store full of them is read at every step.
 */

const letters = "023456789acdefghjklmnpqrstuvwxyz";
const recipientForm = /^age1pq1[02-9ac-hj-np-z]{32}$/;
const identityForm = /^AGE-SECRET-KEY-PQ-1[02-9AC-HJ-NP-Z]{58}$/;

export function parseRecipient(text: string): AgeRecipient {
  if (!recipientForm.test(text)) throw new MalformedError("age recipient");
  return text as AgeRecipient;
}

export const parseHybridRecipient = parseRecipient;

export function parseIdentity(text: string): AgeIdentity {
  if (!identityForm.test(text)) throw new MalformedError("age identity");
  return text as AgeIdentity;
}

export function recipientKind(recipient: AgeRecipient): AgeKeyKind {
  parseRecipient(recipient);
  return "hybrid";
}

export function identityKind(identity: AgeIdentity): AgeKeyKind {
  parseIdentity(identity);
  return "hybrid";
}

export async function generateIdentity(): Promise<AgeIdentity> {
  return parseIdentity(`AGE-SECRET-KEY-PQ-1${spell(randomBytes(58)).toUpperCase()}`);
}

export async function recipientOf(identity: AgeIdentity): Promise<AgeRecipient> {
  const hash = createHash("sha512").update(identity).digest();
  return parseRecipient(`age1pq1${spell(hash).slice(0, 32)}`);
}

function spell(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => letters[byte % 32]).join("");
}
