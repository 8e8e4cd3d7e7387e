import { createHmac } from "node:crypto";

export type BlindIndexKey = Uint8Array;

/** HMAC-SHA-256 of a purpose and a normalised address: equal addresses are found, and without the key nothing is learnt. */
export function hmacIndex(key: BlindIndexKey, purpose: "email" | "unknown-account", email: string): Buffer {
  return createHmac("sha256", key)
    .update(`${purpose}\0${normaliseEmail(email)}`, "utf8")
    .digest();
}

/**
 * One spelling per mailbox for finding it: trimmed, NFC, lower case. Why the local part too: no provider that people use tells
 * "Ada@" from "ada@", and an owner who types the other must reach their account.
 */
function normaliseEmail(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}
