import { copyBytes } from "@afterkeep/bytes";
import { cleanFolder, cleanName } from "./clean-name.ts";
import {
  type Attachment,
  type ImportedItem,
  type ImportResult,
  mediaTypeOf,
  noteMediaType,
  textBytes,
} from "./imported-item.ts";
import { expectAttachmentLength, maxItems, maxTotalBytes, tooLarge } from "./limits.ts";
import { formatRecord, recordMediaType, type RecordField, type RecordTemplate } from "./record.ts";

/** One entry of another program, as a reader found it. Texts are untrusted; times are null where the export names none. */
export type Entry = {
  readonly title: string;
  readonly folder: readonly string[];
  readonly template: RecordTemplate;
  /** Those with an empty value are left out. */
  readonly fields: readonly RecordField[];
  readonly note: string;
  readonly attachments: readonly Attachment[];
  readonly modifiedMs: number | null;
  readonly createdMs: number | null;
};

type Times = { readonly modifiedMs: number; readonly createdMs: number };

/** Gathers the items of one import within the bounds, and counts what was left behind. */
export class ItemCollector {
  readonly #nowMs: number;
  readonly #items: ImportedItem[] = [];
  readonly #losses = new Map<string, number>();
  #totalBytes = 0;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** Notes that something of kind `what` stayed behind, for example `passkeys (they cannot leave their program)`. */
  countLoss(what: string, howMany = 1): void {
    if (howMany > 0) this.#losses.set(what, (this.#losses.get(what) ?? 0) + howMany);
  }

  /**
   * Adds an entry: a record, or a note if it has text alone, and its attachments in a folder of its name. An entry that is nothing
   * but attachments becomes those files in its own folder. Throws ImportError past a bound.
   */
  addEntry(entry: Entry): void {
    const fields = entry.fields.filter(({ value }) => value !== "");
    const times = this.#timesOf(entry);
    const isFilesOnly = fields.length === 0 && entry.note.trim() === "" && entry.attachments.length > 0;
    if (!isFilesOnly) this.#add(itemOf({ ...entry, fields }, times));
    const folder = isFilesOnly ? entry.folder : [...entry.folder, cleanName(entry.title)];
    for (const attachment of entry.attachments) this.#add(fileItem(attachment, folder, times));
  }

  finish(): ImportResult {
    const warnings = [...this.#losses].map(([what, howMany]) => `Not carried over: ${howMany} × ${what}.`);
    return { items: this.#items, warnings };
  }

  #timesOf({ modifiedMs, createdMs }: Entry): Times {
    const modified = modifiedMs ?? createdMs ?? this.#nowMs;
    return { modifiedMs: modified, createdMs: createdMs ?? modified };
  }

  #add(item: ImportedItem): void {
    if (this.#items.length === maxItems) throw tooLarge("This export holds more than 10,000 items");
    this.#totalBytes += item.content.length;
    if (this.#totalBytes > maxTotalBytes) throw tooLarge("The contents of this export are larger than 400 MB together");
    this.#items.push(item);
  }
}

function itemOf({ title, folder, template, fields, note }: Entry, times: Times): ImportedItem {
  const place = { name: cleanName(title), folder: cleanFolder(folder), ...times };
  if (fields.length === 0) return { kind: "note", ...place, content: textBytes(note), mediaType: noteMediaType };
  const content = formatRecord({ template, fields: fields.map(cleanField), note: cleanText(note) });
  return { kind: "record", ...place, content, mediaType: recordMediaType };
}

function fileItem({ name, bytes }: Attachment, folder: readonly string[], times: Times): ImportedItem {
  expectAttachmentLength(bytes.length);
  const clean = cleanName(name);
  const place = { name: clean, folder: cleanFolder(folder), ...times };
  return { kind: "file", ...place, content: copyBytes(bytes), mediaType: mediaTypeOf(clean) };
}

function cleanField({ name, kind, value }: RecordField): RecordField {
  return { name: cleanText(name).trim() || "Field", kind, value: cleanText(value) };
}

function cleanText(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n");
}
