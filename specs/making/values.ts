import { decodeId, encodeHex, type Id } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { encodeUtf8 } from "@afterkeep/bytes";

/** What a vector file holds: JSON with bytes as lower-case hexadecimal. */
export type VectorValue =
  string | number | boolean | null | readonly VectorValue[] | { readonly [name: string]: VectorValue };
export type VectorFile = { readonly [name: string]: VectorValue };

export const hex = encodeHex;

/** 32 bytes that stand for a key or a nonce in a vector: SHA-256 of a name. Never a secret. */
export function named(name: string, length = 32): Uint8Array<ArrayBuffer> {
  return sha256(encodeUtf8(`afterkeep vectors: ${name}`)).slice(0, length);
}

export function namedId(name: string): Id {
  return decodeId(named(name, 16));
}
