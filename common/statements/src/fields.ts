import { z } from "zod";

/** Unpadded canonical base64url of exactly `length` bytes: the unused low bits of the last character are zero. */
export function bytesField(length: number) {
  const characters = Math.ceil((length * 8) / 6);
  const unusedBits = characters * 6 - length * 8;
  const lastCharacter = unusedBits === 4 ? "AQgw" : unusedBits === 2 ? "AEIMQUYcgkosw048" : "A-Za-z0-9_-";
  return z
    .string()
    .length(characters)
    .regex(new RegExp(`^[A-Za-z0-9_-]{${characters - 1}}[${lastCharacter}]$`));
}

/** 16 raw bytes, a client-made UUIDv7; all zeros names "the owner's own vault" where a bequest is expected. */
export const idField = bytesField(16);
export const hashField = bytesField(32);
/** An Ed25519 signature. */
export const signatureField = bytesField(64);
/** Milliseconds of product time, or a duration in milliseconds. */
export const msField = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const countField = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A NumericDate in seconds, shown to people and never trusted. */
export const issuedAtField = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A hybrid (ML-KEM-768 + X25519) age recipient, verbatim lower case. Whether it decodes is checked where it is used. */
export const recipientField = z
  .string()
  .max(4096)
  .regex(/^age1pq1[02-9ac-hj-np-z]+$/);
/** A feature that this version does not have: present and empty, refused when it is not. */
export const absentList = z.array(z.never()).length(0);
export const absentText = z.literal("");
export const headField = z.strictObject({ seq: countField, id: hashField });
