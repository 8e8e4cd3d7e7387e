import { relative } from "node:path";
import { formsOf } from "./encodings.ts";
import { filesBelow } from "./files-below.ts";

export interface Finding {
  readonly place: string;
  readonly text: string;
  readonly form: string;
}

/** Searches every file below `folder` for every planted text in every form. Soft line breaks of mails are joined first. */
export async function findInFolder(folder: string, planted: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const { path, bytes } of filesBelow(folder)) {
    findings.push(...findInBytes(relative(folder, path), bytes, planted));
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
  for await (const file of filesBelow(folder)) {
    if (needles.some((needle) => file.bytes.includes(needle))) found.push(relative(folder, file.path));
  }
  return found;
}
