import {
  type Bytes,
  copyBytes,
  decodeBase64url,
  encodeBase64url,
  encodeUtf8,
  expectLength,
  type Id,
  isId,
  MalformedError,
} from "@afterkeep/bytes";
import { decodeJcs, encodeJcs, isJcsObject, type JcsObject, type JcsValue } from "./jcs.ts";

/** How one value is written in canonical JSON and read back. Both ways throw MalformedError. */
export type Field<T> = { encode(value: T): JcsValue; decode(value: JcsValue): T };

/** Exactly `length` bytes as base64url. */
export function bytesField(length: number): Field<Bytes> {
  return {
    encode: (value) => encodeBase64url(expectLength(value, length, "byte field")),
    decode: (value) => expectLength(decodeBase64url(asText(value)), length, "byte field"),
  };
}

/** Exactly `length` bytes, or absent: the empty string. */
export function optionalBytesField(length: number): Field<Bytes | null> {
  const bytes = bytesField(length);
  return {
    encode: (value) => (value === null ? "" : bytes.encode(value)),
    decode: (value) => (value === "" ? null : bytes.decode(value)),
  };
}

/** An id in its 22 characters. */
export const idField: Field<Id> = {
  encode: asId,
  decode: asId,
};

/** An integer 0…`max`. */
export function countField(max: number = Number.MAX_SAFE_INTEGER): Field<number> {
  const check = (value: JcsValue): number => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > max) fail();
    return value;
  };
  return { encode: check, decode: check };
}

/** Well-formed text of at most `maxBytes` bytes of UTF-8. */
export function textField(maxBytes: number): Field<string> {
  const check = (value: JcsValue): string => {
    const text = asText(value);
    if (encodeUtf8(text).length > maxBytes) fail();
    return text;
  };
  return { encode: check, decode: check };
}

/** Text that `parse` accepts verbatim; `parse` throws MalformedError otherwise. */
export function parsedField<T extends string>(parse: (text: string) => T): Field<T> {
  const check = (value: JcsValue): T => parse(asText(value));
  return { encode: check, decode: check };
}

/** A list of at most `maxLength` values. */
export function listField<T>(item: Field<T>, maxLength: number): Field<readonly T[]> {
  return {
    encode: (values) => (values.length > maxLength ? fail() : values.map((value) => item.encode(value))),
    decode: (values) =>
      !Array.isArray(values) || values.length > maxLength ? fail() : values.map((v) => item.decode(v)),
  };
}

/** An object with exactly the named fields: a missing or unknown one is refused. */
export function objectField<T extends object>(fields: { readonly [K in keyof T]: Field<T[K]> }): Field<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    encode: (value) => Object.fromEntries(names.map((name) => [name, fields[name].encode(value[name])])),
    decode: (value) => {
      const object = asObject(value);
      if (Object.keys(object).length !== names.length) fail();
      return Object.fromEntries(names.map((name) => [name, fields[name].decode(ownField(object, name))])) as T;
    },
  };
}

/** Canonical JSON bytes of a field's values. `decode` takes untrusted bytes of at most `maxBytes`. */
export type JcsCodec<T> = { encode(value: T): Bytes; decode(bytes: Uint8Array): T };

export function jcsCodec<T>(field: Field<T>, maxBytes: number): JcsCodec<T> {
  return {
    encode: (value) => {
      const bytes = encodeJcs(field.encode(value));
      return bytes.length > maxBytes ? fail() : bytes;
    },
    decode: (bytes) => field.decode(decodeJcs(copyBytes(bytes), maxBytes)),
  };
}

function ownField(object: JcsObject, name: string): JcsValue {
  return (Object.hasOwn(object, name) ? object[name] : undefined) ?? fail();
}

function asText(value: JcsValue): string {
  return typeof value === "string" ? value : fail();
}

function asId(value: JcsValue): Id {
  return isId(value) ? value : fail();
}

function asObject(value: JcsValue): JcsObject {
  return isJcsObject(value) ? value : fail();
}

function fail(): never {
  throw new MalformedError("record");
}
