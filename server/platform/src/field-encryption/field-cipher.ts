import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { concatBytes, encodeUtf8, lp } from "@afterkeep/bytes";
import { pgId } from "../database/pg-id.ts";
import { InvariantError } from "../errors/errors.ts";

/** Where a field stands. Bound into the ciphertext, so a value moved to another row, column, table or tenant does not open. */
export type FieldPlace = { table: string; column: string; tenant: string; row: string };

const formatByte = 1;
const nonceLength = 12;
const tagLength = 16;

/**
 * Seals one field under the tenant's data-encryption key (32 bytes): `01 ‖ nonce(12) ‖ AES-256-GCM ciphertext ‖ tag(16)`,
 * aad = lp(table) ‖ lp(column) ‖ tenant(16) ‖ row(16).
 */
export function sealField(dek: Uint8Array, place: FieldPlace, plaintext: string | Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", dek, nonce);
  cipher.setAAD(placeBytes(place));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.of(formatByte), nonce, ciphertext, cipher.getAuthTag()]);
}

/** Opens a sealed field. Throws InvariantError `field-unreadable` on another key, another place or altered bytes. */
export function openField(dek: Uint8Array, place: FieldPlace, sealed: Uint8Array): Buffer {
  try {
    if (sealed[0] !== formatByte || sealed.length < 1 + nonceLength + tagLength) throw new Error("not a sealed field");
    const decipher = createDecipheriv("aes-256-gcm", dek, sealed.subarray(1, 1 + nonceLength));
    decipher.setAAD(placeBytes(place));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
    const ciphertext = sealed.subarray(1 + nonceLength, sealed.length - tagLength);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch (cause) {
    throw new InvariantError("field-unreadable", "A stored field could not be read.", { cause });
  }
}

function placeBytes(place: FieldPlace): Uint8Array {
  return concatBytes(lp(encodeUtf8(place.table)), lp(encodeUtf8(place.column)), rawId(place.tenant), rawId(place.row));
}

function rawId(id: string): Uint8Array {
  return Buffer.from(pgId(id).replaceAll("-", ""), "hex");
}
