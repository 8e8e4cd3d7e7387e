import { type Bytes, decodeUtf8, encodeUtf8, equalBytes, MalformedError } from "@afterkeep/bytes";

/** The values of the profile: no null, no fractions, no negative numbers. */
export type JcsValue = string | number | boolean | readonly JcsValue[] | JcsObject;
export type JcsObject = { readonly [key: string]: JcsValue };

const maxDepth = 8;
const what = "canonical JSON";

/**
 * Canonical JSON (RFC 8785) with the profile of specs/encodings.md: integers 0…2⁵³−1, no null, depth ≤ 8, well-formed Unicode.
 * Throws MalformedError on any other value (`undefined` included: a forgotten field must not vanish from a signature).
 */
export function encodeJcs(value: JcsValue): Bytes {
  return encodeUtf8(writeValue(value, 0));
}

/**
 * Reads untrusted canonical JSON of at most `maxBytes`. Throws MalformedError on everything that encodeJcs would not have written
 * in exactly these bytes: other spacing, order or escapes, duplicate keys, a byte order mark, trailing bytes.
 */
export function decodeJcs(bytes: Uint8Array, maxBytes: number): JcsValue {
  if (bytes.length > maxBytes) throw new MalformedError(what);
  const value = parseJson(decodeUtf8(bytes));
  // Why re-encode: JSON.parse keeps the last of two equal keys and many spellings of one value; only one spelling may be signed.
  if (!equalBytes(encodeJcs(value), bytes)) throw new MalformedError(what);
  return value;
}

/** As decodeJcs, and the value must be an object. */
export function decodeJcsObject(bytes: Uint8Array, maxBytes: number): JcsObject {
  const value = decodeJcs(bytes, maxBytes);
  if (!isJcsObject(value)) throw new MalformedError(what);
  return value;
}

/** Whether a decoded value is an object. */
export function isJcsObject(value: JcsValue): value is JcsObject {
  return typeof value === "object" && !Array.isArray(value);
}

function parseJson(text: string): JcsValue {
  try {
    const value: JcsValue = JSON.parse(text);
    return value;
  } catch {
    throw new MalformedError(what);
  }
}

function writeValue(value: unknown, depth: number): string {
  if (typeof value === "string") return writeString(value);
  if (typeof value === "number") return writeInteger(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "object" || value === null || depth >= maxDepth) throw new MalformedError(what);
  return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new MalformedError(what);
  return JSON.stringify(text);
}

function writeInteger(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) throw new MalformedError(what);
  return String(value);
}

function writeArray(items: readonly unknown[], depth: number): string {
  // Why Array.from: `map` skips holes, and a hole would then be written as nothing.
  return `[${Array.from(items, (item) => writeValue(item, depth)).join(",")}]`;
}

function writeObject(object: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw new MalformedError(what);
  const entries = Object.entries(object);
  // Why: assigning this key elsewhere would change an object's prototype instead of a field.
  if (entries.some(([key]) => key === "__proto__")) throw new MalformedError(what);
  // Invariant: the default order of sort() is by UTF-16 code units. Source: RFC 8785 §3.2.3.
  const names = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${names.map(([key, field]) => `${writeString(key)}:${writeValue(field, depth)}`).join(",")}}`;
}
