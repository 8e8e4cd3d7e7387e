import { copyBytes } from "@afterkeep/bytes";
import { type RecordField, recordMediaType, type RecordTemplate } from "@afterkeep/formats";
import { cleanFolder, cleanName } from "./clean-name.ts";
import { fitRecord } from "./fit-record.ts";
import {
  type Attachment,
  type ImportedItem,
  type ImportResult,
  mediaTypeOf,
  noteMediaType,
  textBytes,
} from "./imported-item.ts";
import { expectAttachmentLength, maxItems, maxTotalBytes, tooLarge } from "./limits.ts";

/** One entry of another program, as a reader found it. Texts are untrusted; times are null where the export names none. */
export type Entry = {
  readonly title: string;
  readonly folder: readonly string[];
  readonly template: RecordTemplate;
  /** Those with an empty value are left out. */
  readonly fields: readonly RecordField[];
  readonly note: string;
  readonly tags: readonly string[];
  readonly attachments: readonly Attachment[];
  readonly modifiedMs: number | null;
  readonly createdMs: number | null;
};

type Times = { readonly modifiedMs: number; readonly createdMs: number };

/** Gathers the items of one import within the bounds, and counts what was left behind. */
export class ItemCollector {
  readonly #nowMs: number;
  readonly #maxBytes: number;
  readonly #items: ImportedItem[] = [];
  readonly #losses = new Map<string, number>();
  #totalBytes = 0;

  /** @param maxBytes of all contents together */
  constructor(nowMs: number, maxBytes = maxTotalBytes) {
    this.#nowMs = nowMs;
    this.#maxBytes = maxBytes;
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
    if (fields.length === 0 && entry.note.trim() === "" && entry.attachments.length > 0) {
      this.#addFiles(nameAfter(entry), entry.folder, times);
      return;
    }
    const { item, rest } = itemOf({ ...entry, fields }, times);
    this.#add(item);
    this.#addFiles([...rest, ...entry.attachments], [...entry.folder, item.name], times);
  }

  finish(): ImportResult {
    const warnings = [...this.#losses].map(([what, howMany]) => `Not carried over: ${howMany} × ${what}.`);
    return { items: this.#items, warnings };
  }

  #timesOf({ modifiedMs, createdMs }: Entry): Times {
    const modified = modifiedMs ?? createdMs ?? this.#nowMs;
    return { modifiedMs: modified, createdMs: createdMs ?? modified };
  }

  #addFiles(files: readonly Attachment[], folder: readonly string[], times: Times): void {
    for (const file of files) this.#add(fileItem(file, folder, times));
  }

  #add(item: ImportedItem): void {
    if (this.#items.length === maxItems) throw tooLarge("This export holds more than 10,000 items");
    this.#totalBytes += item.content.length;
    if (this.#totalBytes > this.#maxBytes)
      throw tooLarge("The contents of this export are larger than 400 MB together");
    this.#items.push(item);
  }
}

type Made = { readonly item: ImportedItem; readonly rest: readonly Attachment[] };

function itemOf({ title, folder, template, fields, note, tags }: Entry, times: Times): Made {
  const place = { name: cleanName(title), folder: cleanFolder(folder), ...times };
  const tagLine = tags.filter((tag) => tag !== "").join(", ");
  if (fields.length === 0) {
    const content = textBytes([note, tagLine && `Tags: ${tagLine}`].filter((part) => part !== "").join("\n\n"));
    return { item: { kind: "note", ...place, content, mediaType: noteMediaType }, rest: [] };
  }
  const tagFields: RecordField[] = tagLine === "" ? [] : [{ name: "Tags", kind: "text", value: tagLine }];
  const cleaned = [...fields, ...tagFields].map(cleanField);
  const { content, rest } = fitRecord({ template, fields: cleaned, note: cleanText(note) });
  return { item: { kind: "record", ...place, content, mediaType: recordMediaType }, rest };
}

/** A lone file takes the title that the person gave its entry, and keeps its extension. */
function nameAfter({ title, attachments }: Entry): readonly Attachment[] {
  const [file] = attachments;
  if (file === undefined || attachments.length > 1 || title.trim() === "") return attachments;
  const extension = /\.[^./\\]+$/.exec(file.name)?.[0] ?? "";
  return [{ ...file, name: title.endsWith(extension) ? title : `${title}${extension}` }];
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
