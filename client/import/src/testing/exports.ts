import { readFileSync } from "node:fs";
import { decodeUtf8 } from "@afterkeep/bytes";
import { type DocumentRecord, parseRecord } from "@afterkeep/formats";
import { ImportError } from "../import-error.ts";
import type { ImportedItem, ImportResult } from "../imported-item.ts";
import type { ImportOptions } from "../import-options.ts";
import { type ImportFormat, readImport } from "../read-import.ts";

export const nowMs = 1_750_000_000_000;
export const keePassPassphrase = "correct horse ümläut";
export const bitwardenPassphrase = "export pässphrase";

/** A committed export file, in bytes of its own. */
export function exportFile(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../testdata/${path}`, import.meta.url)));
}

export function read(
  format: ImportFormat,
  file: string | Uint8Array,
  options: Partial<ImportOptions> = {},
): Promise<ImportResult> {
  return readImport(format, typeof file === "string" ? exportFile(file) : file, { nowMs, ...options });
}

/** The refusal of an import; anything else that is thrown, or an answer, fails the test. */
export async function refusalOf(result: Promise<unknown>): Promise<ImportError> {
  const outcome = await result.then(
    () => "it was imported",
    (cause: unknown) => cause,
  );
  if (outcome instanceof ImportError) return outcome;
  throw new Error("expected a refusal", { cause: outcome });
}

export function itemNamed({ items }: ImportResult, name: string): ImportedItem {
  const found = items.filter((item) => item.name === name);
  const [item] = found;
  if (item === undefined || found.length !== 1) throw new Error(`${found.length} items are named ${name}`);
  return item;
}

export function recordOf(result: ImportResult, name: string): DocumentRecord {
  return parseRecord(itemNamed(result, name).content);
}

/** Fields as lines `name (kind): value`. */
export function fieldsOf(result: ImportResult, name: string): readonly string[] {
  return recordOf(result, name).fields.map((field) => `${field.name} (${field.kind}): ${field.value}`);
}

export function textOf(result: ImportResult, name: string): string {
  return decodeUtf8(itemNamed(result, name).content);
}

/** `folder/name` of each item. */
export function pathsOf({ items }: ImportResult): readonly string[] {
  return items.map(({ folder, name, kind }) => `${kind} ${[folder, name].filter((part) => part !== "").join("/")}`);
}
