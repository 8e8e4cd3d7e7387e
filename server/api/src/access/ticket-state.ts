import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { UnauthenticatedError } from "@afterkeep/platform";

const nonceLength = 12;
const tagLength = 16;

/**
 * Seals what a ticket stands for under a key derived from the ticket itself. Why: the database keeps the ticket's hash only, so a
 * copy of it shows no second factor's seed and no half-done sign-in.
 */
export function sealTicketState(token: string, state: object): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", ticketKey(token), nonce);
  const body = Buffer.concat([cipher.update(JSON.stringify(state), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** The state of a ticket, still to be checked against its shape. */
export function openTicketState(token: string, sealed: Uint8Array): unknown {
  try {
    const decipher = createDecipheriv("aes-256-gcm", ticketKey(token), sealed.subarray(0, nonceLength));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
    const body = sealed.subarray(nonceLength, sealed.length - tagLength);
    return JSON.parse(Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8"));
  } catch (cause) {
    throw new UnauthenticatedError("ticket-unknown", "This attempt is over.", { next: "Begin again.", cause });
  }
}

function ticketKey(token: string): Buffer {
  return Buffer.from(
    hkdfSync("sha256", Buffer.from(token, "base64url"), Buffer.alloc(0), "afterkeep/v1/ticket-state", 32),
  );
}
