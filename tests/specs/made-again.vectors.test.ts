import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { decodeBase64url, decodeHex, encodeUtf8 } from "@afterkeep/bytes";
import { decodeJcs, openHeader, parseIdentity, parseStatement, verifyStatement } from "@afterkeep/formats";
import { filesBelow } from "./run-reader.ts";

const folder = new URL("../../specs/vectors/", import.meta.url);
const stored = (name: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

// Why modules of its own: the padding of headers keeps one throwaway key for the process, and a test before this one may have drawn it.
vi.resetModules();
const { makeAllVectors } = await import("../../specs/making/all.ts");
const made = await makeAllVectors();

describe("vectors in specs/", () => {
  it.each(Object.keys(made.json))("%s.json is what the code makes, byte for byte in every field", (name) => {
    expect(stored(`${name}.json`)).toEqual(made.json[name]);
  });

  it.each(Object.keys(made.files))("%s is what the code makes", (path) => {
    expect(readFileSync(new URL(path, folder)).equals(made.files[path] ?? new Uint8Array(0))).toBe(true);
  });

  it("are no more files than the code makes", () => {
    const names = [...Object.keys(made.json).map((name) => `${name}.json`), ...Object.keys(made.files), "README.md"];
    expect(Object.keys(filesBelow(fileURLToPath(folder))).sort()).toEqual(names.sort());
  });
});

describe("vectors that must be refused", () => {
  const encodings = stored("encodings.json");
  const statements = stored("statements.json");
  const publicKey = decodeHex(String(statements["publicKey"]));

  it.each(encodings["base64urlRefused"] as string[])("base64url %j", (text) => {
    expect(() => decodeBase64url(text)).toThrow("base64url");
  });

  it.each(encodings["jcsRefused"] as string[])("canonical JSON %j", (text) => {
    expect(() => decodeJcs(encodeUtf8(text), 1000)).toThrow("canonical JSON");
  });

  it.each(statements["refused"] as { why: string; jws: string }[])("statement with $why", ({ jws }) => {
    expect(() => verifyStatement(jws, "pin", 8192, publicKey)).toThrow();
  });

  it("while the accepted one verifies and has its id", () => {
    const jws = String(statements["jws"]);
    expect(verifyStatement(jws, "pin", 8192, publicKey).id).toEqual(decodeHex(String(statements["id"])));
    expect(parseStatement(jws, "pin", 8192).kid).toBe(statements["thumb"]);
  });
});

describe("the sealed document in specs/", () => {
  it("opens with its identity to its file key", async () => {
    const document = stored("sealed-document.json");
    const file = readFileSync(new URL("sealed-document.age", folder));
    const header = new Uint8Array(file.subarray(0, Number(document["headerLength"])));
    const fileKey = await openHeader(header, [parseIdentity(String(document["identity"]))]);
    expect(fileKey).toEqual(decodeHex(String(document["fileKey"])));
  });
});
