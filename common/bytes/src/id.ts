import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { type Bytes, concatBytes, expectLength } from "./concat.ts";
import { MalformedError } from "./malformed.ts";
import { type RandomSource, randomBytes } from "./random.ts";

declare const idBrand: unique symbol;

/** 16 bytes written as 22 characters of unpadded base64url: the name of an account, a document, a bequest. Not a secret. */
export type Id = string & { readonly [idBrand]: "Id" };

/** Sixteen zero bytes: the owner's own vault where a bequest is named. */
export const nilId = "AAAAAAAAAAAAAAAAAAAAAA" as Id;

/**
 * A new UUIDv7 (RFC 9562 §5.7): 48 bits of time, then version, variant and 74 random bits.
 * @param nowMs the caller's clock, ms since 1970
 */
export function newId(nowMs: number, random: RandomSource = randomBytes): Id {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 48) throw new MalformedError("time for an id");
  const time = new Uint8Array(6);
  for (let i = 0; i < 6; i++) time[i] = Math.floor(nowMs / 2 ** (8 * (5 - i))) % 256;
  const id = concatBytes(time, expectLength(random(10), 10, "random source"));
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x70;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return encodeBase64url(id) as Id;
}

/**
 * `newId` for `count` ids, which draws all their random bytes at one go. Why: asking the platform for ten bytes takes longer than all else about an id, and a herd makes
 * millions. Throws MalformedError when asked for more.
 */
export function idMaker(count: number): (nowMs: number) => Id {
  const stock = randomBytes(10 * count);
  let at = 0;
  return (nowMs) => newId(nowMs, (length) => stock.subarray(at, (at += length)));
}

/** Reads an untrusted id. Any 16 bytes are accepted, in their canonical spelling only. Throws MalformedError. */
export function parseId(text: string): Id {
  if (!isId(text)) throw new MalformedError("id");
  return text;
}

/** Whether a value is an id in canonical spelling. */
export function isId(value: unknown): value is Id {
  // Invariant: 22 characters carry 132 bits; the last one holds 2 bits of the id and four zero bits: A, Q, g or w.
  return typeof value === "string" && /^[A-Za-z0-9_-]{21}[AQgw]$/.test(value);
}

/** The 16 raw bytes, as they enter contexts and hashes. */
export function idBytes(id: Id): Bytes {
  return decodeBase64url(parseId(id));
}

/** The id of 16 raw bytes. Throws MalformedError on another length. */
export function decodeId(bytes: Uint8Array): Id {
  return encodeBase64url(expectLength(bytes, 16, "id")) as Id;
}
