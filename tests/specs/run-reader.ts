import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const readerFolder = fileURLToPath(new URL("../../specs/reader/", import.meta.url));

/** File contents by name. */
export type Files = Readonly<Record<string, Uint8Array>>;
export type Reading = { readonly status: number | null; readonly output: string; readonly written: Files };

/** Runs Python as a person would. Says so clearly where it is not installed. */
export function python(args: readonly string[], input?: string) {
  const ran = spawnSync("python3", ["-B", ...args], { input, maxBuffer: 2 ** 26 });
  if (ran.error !== undefined) throw new Error("this test needs python3 (standard library only)", { cause: ran.error });
  return { status: ran.status, stdout: ran.stdout, output: `${ran.stdout.toString()}${ran.stderr.toString()}`.trim() };
}

/** What specs/reader makes of a folder with these files, identity.txt and trust.json among them. */
export function read(files: Files, version?: string): Reading {
  const folder = mkdtempSync(join(tmpdir(), "afterkeep-reader-"));
  const [vault, out] = [join(folder, "vault"), join(folder, "out")];
  try {
    [vault, out].forEach((path) => mkdirSync(path));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(vault, name), content);
    const trusted = ["identity.txt", "trust.json"].map((name) => join(vault, name));
    const ran = python([
      join(readerFolder, "read.py"),
      ...trusted,
      vault,
      out,
      ...(version === undefined ? [] : [version]),
    ]);
    return { status: ran.status, output: ran.output, written: filesBelow(out) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What specs/reader makes of a plain age file. */
export function decrypt(identity: string, file: Uint8Array) {
  const folder = mkdtempSync(join(tmpdir(), "afterkeep-reader-"));
  try {
    writeFileSync(join(folder, "identity.txt"), identity);
    writeFileSync(join(folder, "file.age"), file);
    return python([join(readerFolder, "age.py"), join(folder, "identity.txt"), join(folder, "file.age")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function filesBelow(folder: string): Files {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = found.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length).replace(/^\//, ""), readFileSync(path)]));
}
