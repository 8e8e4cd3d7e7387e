import { decodeUtf8 } from "@afterkeep/bytes";
import { maxDepth, tooLarge } from "./limits.ts";

/** A JSON object from an untrusted export: nothing is known of its values. */
export type JsonObject = { readonly [name: string]: unknown };

/**
 * Reads untrusted JSON, with or without a byte order mark. Throws ImportError beyond the depth bound, MalformedError or SyntaxError
 * if it is not JSON; callers turn those into a refusal without their message, which may quote the file.
 */
export function parseJson(bytes: Uint8Array): unknown {
  expectDepth(bytes);
  return JSON.parse(decodeUtf8(bytes).replace(/^\ufeff/, ""));
}

/** Why before parsing: a parser, or a walk over what it answers, may overflow the stack on a million brackets. */
function expectDepth(bytes: Uint8Array): void {
  const [quote, backslash] = [0x22, 0x5c];
  let [depth, isString] = [0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) isString = !isString;
    else if (isString) at += byte === backslash ? 1 : 0;
    else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    if (depth > maxDepth) throw tooLarge("This export is nested deeper than any that a password manager writes");
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value by its own name; undefined if there is none. */
export function valueOf(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Text by name; numbers and truth values as text; otherwise empty. */
export function textOf(object: unknown, name: string): string {
  return asText(valueOf(object, name));
}

export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** The objects of a list by name; empty if there is none. Anything else within the list is left out. */
export function objectsOf(object: unknown, name: string): readonly JsonObject[] {
  return listOf(object, name).filter(isObject);
}

export function listOf(object: unknown, name: string): readonly unknown[] {
  const value = valueOf(object, name);
  return Array.isArray(value) ? value : [];
}

/** A number by name; null if there is none. */
export function numberOf(object: unknown, name: string): number | null {
  const value = valueOf(object, name);
  return typeof value === "number" ? value : null;
}

/** Milliseconds of an ISO 8601 date by name; null if there is none that can be read. */
export function isoTimeOf(object: unknown, name: string): number | null {
  return parseTime(textOf(object, name));
}

export function parseTime(text: string): number | null {
  return asTime(text === "" ? Number.NaN : Date.parse(text));
}

/** A time as metadata can hold it: a whole number of ms from 1970 on; null otherwise. */
export function asTime(ms: number): number | null {
  return Number.isFinite(ms) && ms >= 0 && ms <= 8.64e15 ? Math.floor(ms) : null;
}
