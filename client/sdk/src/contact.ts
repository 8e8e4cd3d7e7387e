import { type Bytes, encodeBase64url, type Id, idBytes, nilId } from "@afterkeep/bytes";
import { ctx, hkdf } from "@afterkeep/crypto";
import { contactCommit } from "@afterkeep/formats";
import type { OwnerKeys } from "./owner-keys.ts";

/** An address in the one form that is committed to: trimmed, the domain in lower case. */
export function normaliseEmail(email: string): string {
  const trimmed = email.trim();
  const at = trimmed.lastIndexOf("@");
  return trimmed.slice(0, at + 1) + trimmed.slice(at + 1).toLowerCase();
}

/**
 * The salt of a contact commitment, derived so that the same address of the same person always gives the same commitment (a new one
 * would be a change of contacts, and loosen the policy) while nobody without the root key can try addresses.
 * @param r the recipient, or the zero id for the owner's own address
 */
export function contactSalt(keys: OwnerKeys, r: Id = nilId): Bytes {
  return hkdf(keys.rootKey, idBytes(keys.account), ctx("contact-salt", idBytes(r)), 32);
}

export function contactOf(keys: OwnerKeys, email: string, r: Id = nilId): string {
  return encodeBase64url(contactCommit(keys.account, r, contactSalt(keys, r), normaliseEmail(email)));
}
