import type { Attachment } from "./imported-item.ts";
import type { Entry, ItemCollector } from "./item-collector.ts";
import { asText, asTime, isObject, type JsonObject, listOf, numberOf, objectsOf, textOf, valueOf } from "./json.ts";
import { readSectionField } from "./onepux-field.ts";
import type { RecordField, RecordTemplate } from "@afterkeep/formats";

/** A file that an item names: `documentId` finds it in the archive. */
export type FileReference = { readonly documentId: string; readonly fileName: string };

// Source: support.1password.com/1pux-format and the category numbers that other importers have published.
const templates: Readonly<Record<string, RecordTemplate>> = {
  "002": "card",
  "003": "other",
  "004": "identity",
  "006": "other",
  "100": "licence",
  "101": "bank-account",
  "103": "identity",
  "104": "identity",
  "105": "identity",
  "106": "identity",
  "107": "identity",
  "108": "identity",
  "113": "other",
  "114": "other",
};

/** An item of a 1PUX export without its files, and the files that it names. */
export function readOnePasswordItem(
  item: JsonObject,
  folder: readonly string[],
  losses: ItemCollector,
): { readonly entry: Omit<Entry, "attachments">; readonly files: readonly FileReference[] } {
  const [details, overview] = [valueOf(item, "details"), valueOf(item, "overview")];
  const sectionFields = objectsOf(details, "sections").flatMap((section) => objectsOf(section, "fields"));
  losses.countLoss("earlier password", listOf(details, "passwordHistory").length);
  const entry = {
    title: textOf(overview, "title"),
    folder: textOf(item, "state") === "archived" ? [...folder, "Archived"] : folder,
    template: templates[textOf(item, "categoryUuid")] ?? ("login" as const),
    fields: [
      ...objectsOf(details, "loginFields")
        .map(readLoginField)
        .toSorted((a, b) => rankOf(a) - rankOf(b)),
      { name: "Password", kind: "secret" as const, value: textOf(details, "password") },
      ...websitesOf(overview),
      ...sectionFields.flatMap((field) => readSectionField(field, losses)),
    ],
    note: textOf(details, "notesPlain"),
    tags: listOf(overview, "tags").map(asText),
    modifiedMs: timeOf(item, "updatedAt"),
    createdMs: timeOf(item, "createdAt"),
  };
  const references = [valueOf(details, "documentAttributes"), ...sectionFields.map(fileOf)];
  return { entry, files: references.filter(isObject).map(readReference) };
}

/** `value` is text, or an object for an account that is linked elsewhere. */
function readLoginField(field: JsonObject): RecordField {
  const value = textOf(field, "value") || textOf(valueOf(field, "value"), "email_address");
  const designation = textOf(field, "designation");
  if (designation === "username") return { name: "User name", kind: "text", value };
  if (designation === "password") return { name: "Password", kind: "secret", value };
  const kinds = { P: "secret", U: "url", E: "email", A: "multiline" } as const;
  const type = textOf(field, "fieldType");
  const name = textOf(field, "name") || textOf(field, "id");
  return { name, kind: type === "P" || type === "U" || type === "E" || type === "A" ? kinds[type] : "text", value };
}

function rankOf({ name }: RecordField): number {
  const rank = ["User name", "Password"].indexOf(name);
  return rank === -1 ? 2 : rank;
}

function websitesOf(overview: unknown): RecordField[] {
  const urls = [...objectsOf(overview, "urls").map((url) => textOf(url, "url")), textOf(overview, "url")];
  return [...new Set(urls)].map((value) => ({ name: "Website", kind: "url", value }));
}

function fileOf(field: JsonObject): unknown {
  return valueOf(valueOf(field, "value"), "file");
}

function readReference(attributes: JsonObject): FileReference {
  return { documentId: textOf(attributes, "documentId"), fileName: textOf(attributes, "fileName") };
}

/** Seconds since 1970. */
function timeOf(item: JsonObject, name: string): number | null {
  const seconds = numberOf(item, name);
  return seconds === null ? null : asTime(seconds * 1000);
}

/** An attachment under the name that the item gives it. */
export function attachmentOf(file: FileReference, bytes: Uint8Array): Attachment {
  return { name: file.fileName, bytes };
}
