import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isId } from "@afterkeep/bytes";
import type { JournalledPart, JournalledUpload } from "@afterkeep/sdk";
import { writeDurably } from "./private-file.ts";

export type JournalContent = JournalledUpload & { readonly parts: readonly JournalledPart[] };

const partLine = /^\{"part":(\d{1,5}),"sha256":"([A-Za-z0-9_-]{43})"\}$/;
const othersMayWrite = 0o022;
/** ASCII CAN at the end of a line: what stands before it was torn off by a power cut. */
const cancel = "\u0018";

/** A new journal file, on the disk for good when this resolves. */
export async function beginJournal(path: string, { account, doc, ver, record }: JournalledUpload): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ v: 1, account, doc, ver, record })}\n`);
}

/**
 * Adds a part; it is on the disk for good when this resolves. Throws if there is no such journal any more.
 * Why cancel and not cut: half a line at the end is of a part that never left, but between looking and cutting another process may
 * have added a line of its own. The file only ever grows.
 */
export async function appendPart(path: string, part: number, sha256: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW);
  try {
    const before = (await endsInLine(file)) ? "" : `${cancel}\n`;
    await file.write(`${before}${JSON.stringify({ part, sha256 })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Reads an untrusted journal file; null if it is not as this program wrote it, or if others may have written it.
 * Why all of it then: a line that is gone could let another content leave under a keystream that was used before.
 */
export async function readJournal(path: string): Promise<JournalContent | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { mode, uid } = await file.stat();
    if ((mode & othersMayWrite) !== 0 || uid !== process.getuid?.()) return null;
    return parseJournal(await file.readFile("utf8"));
  } finally {
    await file.close();
  }
}

/** A last line without its end was being written when the power went: that part had not left. Of several lines for one part the first counts. */
function parseJournal(text: string): JournalContent | null {
  const [first = "", ...lines] = text.slice(0, text.lastIndexOf("\n")).split("\n");
  const upload = parseUpload(first);
  const parts = new Map<number, string>();
  for (const line of lines.filter((one) => !one.endsWith(cancel))) {
    const [, number = "", sha256 = ""] = partLine.exec(line) ?? [];
    if (sha256 === "") return null;
    if (!parts.has(Number(number))) parts.set(Number(number), sha256);
  }
  return upload && { ...upload, parts: [...parts].map(([part, sha256]) => ({ part, sha256 })) };
}

function parseUpload(line: string): JournalledUpload | null {
  const { v, account, doc, ver, record } = parseObject(line);
  if (v !== 1 || !isId(account) || !isId(doc) || !isId(ver) || typeof record !== "string") return null;
  return { account, doc, ver, record };
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === "\n";
}
