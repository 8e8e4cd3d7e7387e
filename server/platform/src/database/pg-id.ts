import { isId } from "@afterkeep/bytes";
import { InputError, InvariantError } from "../errors/errors.ts";

/** An id as PostgreSQL wants it: canonical uuid text from 22 characters of unpadded base64url. Throws InputError otherwise. */
export function pgId(id: string): string {
  if (!isId(id)) throw new InputError("invalid-id", "This is not an id of ours.");
  const hex = Buffer.from(id, "base64url").toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The id that a uuid from PostgreSQL stands for. */
export function idFromPg(uuid: string): string {
  const bytes = Buffer.from(uuid.replaceAll("-", ""), "hex");
  if (bytes.length !== 16) throw new InvariantError("invalid-uuid", "The database gave something that is not a uuid.");
  return bytes.toString("base64url");
}
