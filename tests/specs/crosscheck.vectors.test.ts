import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const specs = fileURLToPath(new URL("../../specs/", import.meta.url));
const copies: string[] = [];
afterAll(() => copies.forEach((folder) => rmSync(folder, { recursive: true })));

function crosscheck(vectors: string) {
  const { status, stdout, stderr } = spawnSync("python3", ["-B", join(specs, "crosscheck/check.py"), vectors], {
    encoding: "utf8",
  });
  return { status, output: `${stdout}${stderr}`.trim() };
}

/** A copy of the vectors in which one file is changed. */
function withChange(file: string, change: (content: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), "afterkeep-vectors-"));
  copies.push(folder);
  cpSync(join(specs, "vectors"), folder, { recursive: true });
  const path = join(folder, file);
  const before = readFileSync(path, "latin1");
  const after = change(before);
  if (before === after) throw new Error(`nothing was changed in ${file}`);
  writeFileSync(path, after, "latin1");
  return folder;
}

/** Replaces the first hexadecimal digit of a named field. */
const flip = (field: string) => (content: string) =>
  content.replace(
    new RegExp(`("${field}": ?")(.)`),
    (_, head: string, digit: string) => head + (digit === "0" ? "1" : "0"),
  );

describe("the cross-check in Python's standard library", () => {
  it("agrees with every vector", () => {
    const { status, output } = crosscheck(join(specs, "vectors"));
    expect(output).toMatch(/^\d{3,} right, 0 differ$/);
    expect(status).toBe(0);
  });

  it.each([
    ["encodings.json", "context"],
    ["encodings.json", "out"],
    ["encodings.json", "wrapped"],
    ["encodings.json", "digits"],
    ["statements.json", "id"],
    ["statements.json", "thumb"],
    ["account-chain.json", "id"],
    ["account-chain.json", "keyholder"],
    ["keys.json", "rootKey"],
    ["keys.json", "hash"],
    ["sealed-document.json", "fileKey"],
    ["sealed-document.json", "payloadRoot"],
    ["sealed-document.json", "fkCommit"],
    ["sealed-document.json", "metadataRecord"],
    ["sealed-document.json", "manifestHash"],
    ["vault.json", "fileKey"],
    ["vault.json", "nonce"],
    ["vault.json", "objectHash"],
    ["vault.json", "plaintextHash"],
    ["object-parts.json", "objectDigest"],
    ["release-gate.json", "bequest"],
    ["release-gate.json", "gateKey"],
    ["release-gate.json", "shareCommit"],
    ["release-gate.json", "outer"],
    ["release-gate.json", "commit"],
    ["merkle.json", "root"],
    ["merkle.json", "payloadRoot"],
    ["audit-log.json", "leaf"],
    ["audit-log.json", "leafHash"],
  ])("notices a changed digit in %s, %s", (file, field) => {
    const { status, output } = crosscheck(withChange(file, flip(field)));
    expect(status).toBe(1);
    expect(output).toMatch(/differs: /);
  });

  it("notices a changed byte in the sealed document", () => {
    const changed = withChange("sealed-document.age", (file) => `${file.slice(0, -100)}?${file.slice(-99)}`);
    expect(crosscheck(changed).status).toBe(1);
  });
});
