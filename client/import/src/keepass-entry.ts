import { decodeBase64 } from "@afterkeep/bytes";
import { damaged } from "./import-error.ts";
import type { Attachment } from "./imported-item.ts";
import type { Entry, ItemCollector } from "./item-collector.ts";
import { asTime, parseTime } from "./json.ts";
import { kdbxWhat } from "./kdbx-header.ts";
import type { RecordField, RecordFieldKind } from "@afterkeep/formats";
import type { XmlElement } from "./xml.ts";

/** Fields that KeePass and KeePassXC know by name; `otp` is KeePassXC's, `TimeOtp-…` KeePass' own. */
const known: Readonly<Record<string, readonly [string, RecordFieldKind]>> = {
  UserName: ["User name", "text"],
  Password: ["Password", "secret"],
  URL: ["Website", "url"],
  otp: ["One-time code", "totp"],
  "TOTP Seed": ["One-time code", "totp"],
  "TimeOtp-Secret-Base32": ["One-time code", "totp"],
};
const order = Object.keys(known);
const secondsFromYearOneTo1970 = 62_135_596_800;

/** An entry of a KDBX document whose protected values are open. `attachments` is the list that its references count in. */
export function readKeePassEntry(
  entry: XmlElement,
  folder: readonly string[],
  attachments: readonly Uint8Array[],
  losses: ItemCollector,
): Entry {
  const strings = entry.all("String").filter((string) => !["Title", "Notes"].includes(string.textOf("Key")));
  const times = entry.child("Times");
  losses.countLoss("earlier version of an entry", entry.child("History")?.all("Entry").length ?? 0);
  return {
    title: valueOf(entry, "Title"),
    folder,
    template: "login",
    fields: strings.toSorted((a, b) => rankOf(a) - rankOf(b)).map(readField),
    note: valueOf(entry, "Notes"),
    tags: entry.textOf("Tags").split(/[;,]/),
    attachments: entry.all("Binary").map((binary) => readAttachment(binary, attachments)),
    modifiedMs: timeOf(times?.textOf("LastModificationTime")),
    createdMs: timeOf(times?.textOf("CreationTime")),
  };
}

function valueOf(entry: XmlElement, key: string): string {
  return (
    entry
      .all("String")
      .find((string) => string.textOf("Key") === key)
      ?.textOf("Value") ?? ""
  );
}

function rankOf(string: XmlElement): number {
  const rank = order.indexOf(string.textOf("Key"));
  return rank === -1 ? order.length : rank;
}

function readField(string: XmlElement): RecordField {
  const key = string.textOf("Key");
  const value = string.textOf("Value");
  const [name, kind] = (Object.hasOwn(known, key) ? known[key] : undefined) ?? [key, kindOf(string, value)];
  return { name, kind, value };
}

/** An own field: hidden in KeePass means secret here. */
function kindOf(string: XmlElement, value: string): RecordFieldKind {
  if (/^true$/i.test(string.child("Value")?.attributes["Protected"] ?? "")) return "secret";
  return value.includes("\n") ? "multiline" : "text";
}

function readAttachment(binary: XmlElement, attachments: readonly Uint8Array[]): Attachment {
  const reference = binary.child("Value")?.attributes["Ref"] ?? "";
  const bytes = /^\d{1,6}$/.test(reference) ? attachments[Number(reference)] : undefined;
  if (bytes === undefined) throw damaged(kdbxWhat);
  return { name: binary.textOf("Key"), bytes };
}

/** KDBX 4: base64 of the seconds since the year 1 as 64 bits; KeePass also reads ISO 8601 here. */
function timeOf(text = ""): number | null {
  if (text === "" || text.includes(":")) return parseTime(text);
  const bytes = decodeBase64(text, "padded");
  if (bytes.length !== 8) throw damaged(kdbxWhat);
  const seconds = Number(new DataView(bytes.buffer).getBigInt64(0, true));
  return asTime((seconds - secondsFromYearOneTo1970) * 1000);
}
