import { hashField, idField } from "@afterkeep/statements";
import { z } from "zod";

/** Unpadded base64url text holding at most `maxBytes` bytes. */
export function sealedField(maxBytes: number) {
  return z
    .string()
    .min(1)
    .max(Math.ceil((maxBytes * 4) / 3))
    .regex(/^[A-Za-z0-9_-]+$/);
}

export const jwsField = z
  .string()
  .min(1)
  .max(262_144)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
/** Normalised (trimmed, lower-case domain) by the server before use. */
export const emailField = z.email().max(254);
/**
 * A name that stands in mails to others: one line, something visible in it, and no character that turns the direction of the
 * text around, which could make a name look like another sentence.
 */
export const displayNameField = z
  .string()
  .min(1)
  .max(120)
  .regex(/^(?=.*[^\s])[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+$/u);
/** A sealed label: wrap(RK, ctx("label", account, id, rev), same, padded JCS). The server never sees inside. */
export const labelField = sealedField(131_072);
/** A secret that travels once, in a mail link's fragment or a session header. */
export const linkTokenField = hashField;
export const totpCodeField = z.string().regex(/^[0-9]{6}$/);
/** A part's number in an address: decimal, one spelling. */
export const partField = z.string().regex(/^(0|[1-9][0-9]{0,4})$/);
/** RFC 9530, one digest: `sha-256=:BASE64:` of the request's body, in the one spelling that 32 bytes have. */
export const contentDigestField = z.string().regex(/^sha-256=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:$/);
export const documentKey = z.strictObject({ doc: idField, ver: idField });
export const emptyAnswer = z.strictObject({});
export { hashField, idField };
