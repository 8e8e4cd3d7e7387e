import { MalformedError } from "@afterkeep/bytes";
import {
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";

declare const recipientBrand: unique symbol;
declare const identityBrand: unique symbol;

/** A public age key in its exact lower-case Bech32 string: `age1pq1…` (hybrid) or `age1…` (X25519). */
export type AgeRecipient = string & { readonly [recipientBrand]: "AgeRecipient" };

/** A secret age key in its exact upper-case Bech32 string. */
export type AgeIdentity = string & { readonly [identityBrand]: "AgeIdentity" };

/** `hybrid` is ML-KEM-768 with X25519; `x25519` alone is not post-quantum. */
export type AgeKeyKind = "hybrid" | "x25519";

// Why lengths: Bech32 of 1216, 32 and 32 bytes; its alphabet has no "1", so `age1tag1…` and plugins do not fit.
const recipientForms = { hybrid: /^age1pq1[02-9ac-hj-np-z]{1952}$/, x25519: /^age1[02-9ac-hj-np-z]{58}$/ };
const identityForms = {
  hybrid: /^AGE-SECRET-KEY-PQ-1[02-9AC-HJ-NP-Z]{58}$/,
  x25519: /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/,
};

/** Reads an untrusted recipient. Throws MalformedError unless its form and checksum are right. */
export function parseRecipient(text: string): AgeRecipient {
  try {
    new Encrypter().addRecipient(text);
    recipientKind(text as AgeRecipient);
  } catch {
    throw new MalformedError("age recipient");
  }
  return text as AgeRecipient;
}

/** As parseRecipient, and hybrid: the only kind that this version pins. */
export function parseHybridRecipient(text: string): AgeRecipient {
  const recipient = parseRecipient(text);
  if (recipientKind(recipient) !== "hybrid") throw new MalformedError("hybrid age recipient");
  return recipient;
}

/** Reads an untrusted identity. Throws MalformedError unless its form and checksum are right. */
export function parseIdentity(text: string): AgeIdentity {
  try {
    new Decrypter().addIdentity(text);
    identityKind(text as AgeIdentity);
  } catch {
    throw new MalformedError("age identity");
  }
  return text as AgeIdentity;
}

export function recipientKind(recipient: AgeRecipient): AgeKeyKind {
  return kindOf(recipient, recipientForms);
}

export function identityKind(identity: AgeIdentity): AgeKeyKind {
  return kindOf(identity, identityForms);
}

/** A new secret key from the platform's randomness. */
export async function generateIdentity(kind: AgeKeyKind = "hybrid"): Promise<AgeIdentity> {
  return parseIdentity(await (kind === "hybrid" ? generateHybridIdentity() : generateX25519Identity()));
}

/** The recipient that belongs to an identity. */
export async function recipientOf(identity: AgeIdentity): Promise<AgeRecipient> {
  return parseRecipient(await identityToRecipient(identity));
}

function kindOf(text: string, forms: Readonly<Record<AgeKeyKind, RegExp>>): AgeKeyKind {
  if (forms.hybrid.test(text)) return "hybrid";
  if (forms.x25519.test(text)) return "x25519";
  throw new MalformedError("age key");
}
