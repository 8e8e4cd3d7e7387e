import { InputError, InvariantError } from "../errors/errors.ts";

/** An id as PostgreSQL wants it: canonical uuid text from 22 characters of unpadded base64url. Throws InputError otherwise. */
export function pgId(id: string): string {
  const bytes = /^[A-Za-z0-9_-]{22}$/.test(id) ? Buffer.from(id, "base64url") : Buffer.alloc(0);
  // Why the comparison: the last character carries four unused bits, and one id must have one spelling.
  if (bytes.length !== 16 || bytes.toString("base64url") !== id)
    throw new InputError("invalid-id", "This is not an id of ours.");
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The id that a uuid from PostgreSQL stands for. */
export function idFromPg(uuid: string): string {
  const bytes = Buffer.from(uuid.replaceAll("-", ""), "hex");
  if (bytes.length !== 16) throw new InvariantError("invalid-uuid", "The database gave something that is not a uuid.");
  return bytes.toString("base64url");
}
