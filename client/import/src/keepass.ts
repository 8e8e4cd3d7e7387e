import { decodeBase64, decodeUtf8 } from "@afterkeep/bytes";
import { damaged } from "./import-error.ts";
import { joinBytes } from "./join-bytes.ts";
import type { ImportResult } from "./imported-item.ts";
import { ItemCollector } from "./item-collector.ts";
import { kdbxWhat, readKdbxHeader } from "./kdbx-header.ts";
import { deriveKdbxKeys } from "./kdbx-key.ts";
import { type KdbxPayload, openKdbxPayload } from "./kdbx-payload.ts";
import { readKeePassEntry } from "./keepass-entry.ts";
import type { ImportOptions } from "./import-options.ts";
import { readXml, type XmlElement } from "./xml.ts";

/** Reads a KDBX 4 database with a passphrase, a key file, or both. Entries in the recycle bin and earlier versions stay behind. */
export async function readKeePass(bytes: Uint8Array, options: ImportOptions): Promise<ImportResult> {
  const header = readKdbxHeader(bytes);
  const keys = await deriveKdbxKeys(header, options);
  const payload = await openKdbxPayload(bytes, header, keys);
  const root = await readDocument(payload);
  const collector = new ItemCollector(options.nowMs);
  const recycleBin = recycleBinOf(root);
  const top = root.child("Root")?.child("Group");
  if (root.name !== "KeePassFile" || top === undefined) throw damaged(kdbxWhat);
  // Why without the top group's name: it is the database itself, and every entry would lie in one more folder.
  readGroup(top, [], { collector, recycleBin, attachments: payload.attachments });
  return collector.finish();
}

/**
 * Parses the XML and opens its protected values. Invariant: the inner stream runs over all of them in document order, those of
 * earlier versions included, so every one is collected before anything is dropped.
 */
async function readDocument(payload: KdbxPayload): Promise<XmlElement> {
  const masked: { readonly element: XmlElement; readonly bytes: Uint8Array }[] = [];
  const root = readXml(decodeUtf8(payload.xml).replace(/^\ufeff/, ""), kdbxWhat, (element) => {
    if (/^true$/i.test(element.attributes["Protected"] ?? ""))
      masked.push({ element, bytes: decodeBase64(element.text.trim(), "padded") });
    if (element.name === "History") dropVersions(element);
  });
  const open = await payload.unmask(joinBytes(masked.map(({ bytes }) => bytes)));
  let at = 0;
  for (const { element, bytes } of masked) element.text = decodeUtf8(open.subarray(at, (at += bytes.length)));
  return root;
}

/** Keeps how many there were. */
function dropVersions(history: XmlElement): void {
  for (const version of history.children) version.children.length = 0;
}

function recycleBinOf(root: XmlElement): string {
  const meta = root.child("Meta");
  return /^true$/i.test(meta?.textOf("RecycleBinEnabled") ?? "") ? (meta?.textOf("RecycleBinUUID") ?? "") : "";
}

type Context = {
  readonly collector: ItemCollector;
  readonly recycleBin: string;
  readonly attachments: readonly Uint8Array[];
};

function readGroup(group: XmlElement, folder: readonly string[], context: Context): void {
  const { collector, recycleBin, attachments } = context;
  const id = group.textOf("UUID");
  if (recycleBin !== "" && id === recycleBin) {
    collector.countLoss("entry in the recycle bin", countEntries(group));
    return;
  }
  for (const entry of group.all("Entry")) collector.addEntry(readKeePassEntry(entry, folder, attachments, collector));
  for (const inner of group.all("Group")) readGroup(inner, [...folder, inner.textOf("Name")], context);
}

function countEntries(group: XmlElement): number {
  return group.all("Group").reduce((count, inner) => count + countEntries(inner), group.all("Entry").length);
}
