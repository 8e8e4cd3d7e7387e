import { type Bytes, decodeUtf8, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { isRecordTemplate, type RecordFieldKind, type RecordTemplate, recordFieldKinds } from "./record-templates.ts";

/** The media type of a document of kind `record`. Its content is plain JSON (UTF-8), so that it can be read without us. */
export const recordMediaType = "application/vnd.afterkeep.record+json";

export type RecordField = {
  readonly name: string;
  readonly kind: RecordFieldKind;
  /** Text as it was typed; a date is `YYYY-MM-DD`, a `totp` an otpauth: address or a Base32 secret. Nothing checks that it is. */
  readonly value: string;
};

/** Named fields, from a template or an import: a login, a card. Untrusted where it comes from a file: it is text to show, nothing else. */
export type DocumentRecord = {
  readonly template: RecordTemplate;
  readonly fields: readonly RecordField[];
  /** Free text; empty for none. */
  readonly note: string;
};

/** Bytes of UTF-8, and numbers of fields, at most. */
export const recordLimits = {
  record: 2 ** 20,
  fields: 500,
  name: 1024,
  value: 2 ** 18,
  note: 2 ** 18,
} as const;

/** The content of a record document. Throws MalformedError if a limit is passed or a text is not well-formed Unicode. */
export function encodeRecord({ template, fields, note }: DocumentRecord): Bytes {
  const named = fields.map(({ name, kind, value }) => ({ name, kind, value }));
  const bytes = encodeUtf8(JSON.stringify({ template, fields: named, note }, null, 2));
  parseRecord(bytes);
  return bytes;
}

/**
 * Reads untrusted bytes as a record. Throws MalformedError on anything but exactly these names with values of these types and within the
 * limits: an unknown name is refused, not dropped, because saving again would lose it.
 */
export function parseRecord(bytes: Uint8Array): DocumentRecord {
  if (bytes.length > recordLimits.record) fail();
  const record = expectObject(parseJson(decodeUtf8(bytes)), ["template", "fields", "note"]);
  const { template, fields, note } = record;
  if (typeof template !== "string" || !isRecordTemplate(template)) fail();
  if (!Array.isArray(fields) || fields.length > recordLimits.fields) fail();
  return { template, fields: fields.map(parseField), note: expectText(note, recordLimits.note) };
}

function parseField(value: unknown): RecordField {
  const { name, kind, value: text } = expectObject(value, ["name", "kind", "value"]);
  const known = recordFieldKinds.find((one) => one === kind);
  if (known === undefined) fail();
  return { name: expectText(name, recordLimits.name), kind: known, value: expectText(text, recordLimits.value) };
}

function expectObject(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail();
  const found = Object.keys(value);
  if (found.length !== names.length || names.some((name) => !Object.hasOwn(value, name))) fail();
  return { ...value };
}

function expectText(value: unknown, maxBytes: number): string {
  if (typeof value !== "string" || !value.isWellFormed() || encodeUtf8(value).length > maxBytes) fail();
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    fail();
  }
}

function fail(): never {
  throw new MalformedError("document record");
}
