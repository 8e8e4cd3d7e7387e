import { createHash } from "node:crypto";
import { InvariantError } from "@afterkeep/platform";

/*
 * In place of platform's field-cipher.ts in most simulated runs: a field that opens at its own place under its own key and nowhere else, without a
 * cipher. What the real one hides is tested where it lives.
 */

type FieldPlace = { table: string; column: string; tenant: string; row: string };

export function sealField(dek: Uint8Array, place: FieldPlace, plaintext: string | Uint8Array): Buffer {
  return Buffer.concat([tagOf(dek, place), Buffer.from(plaintext)]);
}

export function openField(dek: Uint8Array, place: FieldPlace, sealed: Uint8Array): Buffer {
  const tag = tagOf(dek, place);
  if (!tag.equals(sealed.subarray(0, tag.length)))
    throw new InvariantError("field-unreadable", "A stored field could not be read.");
  return Buffer.from(sealed.subarray(tag.length));
}

function tagOf(dek: Uint8Array, { table, column, tenant, row }: FieldPlace): Buffer {
  return createHash("sha1").update(dek).update(`${table} ${column} ${tenant} ${row}`).digest();
}
