import { MalformedError } from "./malformed.ts";

/** Bytes in memory that are not shared between threads: what WebCrypto and `Blob` accept without a copy. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Joins parts in order into fresh memory. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Fresh memory with the same content: a later write to either does not reach the other. */
export function copyBytes(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

/** Returns `bytes` if it has exactly `length` bytes. Throws MalformedError naming `what` otherwise. */
export function expectLength<T extends Uint8Array>(bytes: T, length: number, what: string): T {
  if (bytes.length !== length) throw new MalformedError(what);
  return bytes;
}
