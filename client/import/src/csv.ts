import { decodeUtf8 } from "@afterkeep/bytes";
import Papa from "papaparse";
import { type ColumnRole, rolesOf } from "./csv-columns.ts";
import { damaged, ImportError } from "./import-error.ts";
import type { ImportResult } from "./imported-item.ts";
import { type Entry, ItemCollector } from "./item-collector.ts";
import { asTime, parseTime } from "./json.ts";
import { maxItems, tooLarge } from "./limits.ts";
import type { ImportOptions } from "./import-options.ts";
import type { RecordField } from "@afterkeep/formats";

const what = "CSV file";
const maxColumns = 200;

/**
 * Reads a table with a header row: one record a row. Commas, semicolons and tabs part the columns; quoting follows RFC 4180.
 * Throws ImportError for open or stray quotes and for rows of another width than the header.
 */
export async function readCsv(bytes: Uint8Array, { nowMs }: ImportOptions): Promise<ImportResult> {
  const rows = parseRows(decodeUtf8(bytes).replace(/^\ufeff/, ""));
  const [headers = [], ...body] = rows;
  expectHeaders(headers);
  const roles = rolesOf(headers);
  const collector = new ItemCollector(nowMs);
  for (const row of body) {
    // Why one cell too few is allowed: Excel leaves out the last ones if they are empty. More cells than columns have no name.
    if (row.length > headers.length && row.slice(headers.length).some((cell) => cell !== "")) throw damaged(what);
    collector.addEntry(entryOf(roles, row));
  }
  return collector.finish();
}

/** Rows of cells; throws ImportError past the bounds. */
function parseRows(text: string): readonly string[][] {
  const rows: string[][] = [];
  Papa.parse<string[]>(text, {
    delimitersToGuess: [",", ";", "\t"],
    skipEmptyLines: "greedy",
    step: ({ data, errors }) => {
      if (errors.some(({ type }) => type === "Quotes")) throw damaged(what);
      if (rows.length > maxItems) throw tooLarge("This table has more than 10,000 rows");
      if (data.length > maxColumns) throw tooLarge("This table has more than 200 columns");
      rows.push(data);
    },
  });
  return rows;
}

function expectHeaders(headers: readonly string[]): void {
  const names = headers.map((header) => header.trim().toLowerCase());
  const isHeader = names.length >= 2 && names.every((name) => name !== "") && new Set(names).size === names.length;
  if (isHeader) return;
  throw new ImportError(
    "unknown-format",
    "This is not a table with a header row: the first row must name two or more columns, each differently.",
  );
}

function entryOf(roles: readonly ColumnRole[], row: readonly string[]): Entry {
  const cells = roles.map((role, at) => ({ role, value: row[at] ?? "" }));
  const textOf = (is: ColumnRole["is"]) => cells.find(({ role, value }) => role.is === is && value !== "")?.value ?? "";
  const fields = cells.flatMap(({ role, value }) => fieldsOf(role, value));
  const folder = textOf("folder")
    .replace(/^Root(?=\/|$)/, "")
    .split("/");
  return {
    title: textOf("title") || titleFrom(fields),
    folder: isTrue(textOf("archived")) ? [...folder, "Archived"] : folder,
    template: fields.some(({ name }) => name === "Password") ? "login" : "other",
    fields,
    note: textOf("note"),
    tags: [],
    attachments: [],
    modifiedMs: timeOf(textOf("modified")),
    createdMs: timeOf(textOf("created")),
  };
}

function fieldsOf(role: ColumnRole, value: string): RecordField[] {
  if (role.is === "field") return [{ name: role.name, kind: role.kind, value }];
  return role.is === "custom" ? value.split(/\r?\n/).flatMap(customField) : [];
}

/** Bitwarden's `fields` column: a line each, `name: value`. */
function customField(line: string): RecordField[] {
  const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? ["", "Field", line];
  return [{ name, kind: "text", value }];
}

/** The host of a web address, else the first thing that is no secret. */
function titleFrom(fields: readonly RecordField[]): string {
  const url = fields.find(({ kind, value }) => kind === "url" && URL.canParse(value))?.value;
  if (url !== undefined) return new URL(url).host;
  return fields.find(({ kind, value }) => value !== "" && kind !== "secret" && kind !== "totp")?.value ?? "";
}

function isTrue(text: string): boolean {
  return !["", "0", "false", "no"].includes(text.trim().toLowerCase());
}

/** ISO 8601, or milliseconds or seconds since 1970. */
function timeOf(text: string): number | null {
  if (!/^\d{9,14}$/.test(text)) return parseTime(text);
  return asTime(Number(text) * (text.length > 11 ? 1 : 1000));
}
