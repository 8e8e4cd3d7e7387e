import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { formsOf } from "./encodings.ts";

export interface Finding {
  readonly place: string;
  readonly text: string;
  readonly form: string;
}

/** Searches every file below `folder` for every planted text in every form. Soft line breaks of mails are joined first. */
export async function findInFolder(folder: string, planted: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const file of await filesBelow(folder)) {
    findings.push(...findInBytes(relative(folder, file), await readFile(file), planted));
  }
  return findings;
}

export function findInBytes(place: string, bytes: Buffer, planted: readonly string[]): Finding[] {
  const joined = Buffer.from(bytes.toString("latin1").replaceAll(/=\r?\n/g, ""), "latin1");
  const findings: Finding[] = [];
  for (const text of planted) {
    for (const [form, needle] of formsOf(text)) {
      if (bytes.includes(needle) || joined.includes(needle)) findings.push({ place, text, form });
    }
  }
  return findings;
}

/** The files below `folder` that hold these bytes: as they are, in hex, or in base64 of either alphabet that begins with them. */
export async function findBytesInFolder(folder: string, bytes: Buffer): Promise<string[]> {
  const base64 = bytes.toString("base64").replace(/.=*$/, "");
  const needles = [
    bytes,
    ...[bytes.toString("hex"), base64, base64.replaceAll("+", "-").replaceAll("/", "_")].map((text) =>
      Buffer.from(text),
    ),
  ];
  const found: string[] = [];
  for (const file of await filesBelow(folder)) {
    const content = await readFile(file);
    if (needles.some((needle) => content.includes(needle))) found.push(relative(folder, file));
  }
  return found;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
