import { encodeUtf8 } from "@afterkeep/bytes";
import { type DocumentRecord, encodeRecord, type RecordField, recordLimits } from "@afterkeep/formats";
import { type Attachment, textBytes } from "./imported-item.ts";

/** Bytes that names, brackets and indentation may take beside the values. */
const frameBytes = recordLimits.record / 4;

/** A record within the limits of the format, and as text files what did not fit: a certificate in a field, a very long note. */
export type FittedRecord = { readonly content: ReturnType<typeof encodeRecord>; readonly rest: readonly Attachment[] };

export function fitRecord({ template, fields, note }: DocumentRecord): FittedRecord {
  const rest: Attachment[] = [];
  let room = recordLimits.record - frameBytes;
  const keep = (name: string, text: string, isPlace = true): boolean => {
    const bytes = encodeUtf8(JSON.stringify(text)).length;
    const isKept = isPlace && bytes <= recordLimits.value && bytes <= room;
    if (isKept) room -= bytes;
    else rest.push({ name: `${name}.txt`, bytes: textBytes(text) });
    return isKept;
  };
  const kept = fields.map(shortenName).filter(({ name, value }, at) => keep(name, value, at < recordLimits.fields));
  const keptNote = keep("Note", note) ? note : "";
  return { content: encodeRecord({ template, fields: kept, note: keptNote }), rest };
}

/** Why 64: five hundred names of a few bytes a letter stay within the frame. */
function shortenName(field: RecordField): RecordField {
  return { ...field, name: Array.from(field.name).slice(0, 64).join("") };
}
