import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { concatBytes, decodeHex, encodeHex } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { type Files, filesBelow, read } from "./run-reader.ts";

type Described = { docId: string; verId: string; size: number; plaintextHash: string; thumbnail: string };

const vectors = new URL("../../specs/vectors/", import.meta.url);
const about = JSON.parse(readFileSync(new URL("vault.json", vectors), "utf8"));
const [older, newer, login] = about.versions as [Described, Described, Described];
const vault = filesBelow(fileURLToPath(new URL("vault/", vectors)));

const nameOf = ({ docId, verId }: Described) => `${docId}.${verId}`;
const hashOf = (bytes: Uint8Array | undefined) => (bytes === undefined ? "nothing" : encodeHex(sha256(bytes)));
const letterName = about.currentName as string;

function part(name: string, files: Files = vault): Uint8Array {
  const content = files[name];
  if (content === undefined) throw new Error(`no ${name}`);
  return content;
}

/** The vault with one file changed. */
const withChange = (name: string, change: (content: Uint8Array) => Uint8Array): Files => ({
  ...vault,
  [name]: change(new Uint8Array(part(name))),
});
const flipAt = (offset: number) => (content: Uint8Array) =>
  content.with(offset < 0 ? content.length + offset : offset, 0xff ^ (content.at(offset) ?? 0)) as Uint8Array;
const swapped = (suffix: string): Files => ({
  ...vault,
  [`${nameOf(older)}${suffix}`]: part(`${nameOf(newer)}${suffix}`),
  [`${nameOf(newer)}${suffix}`]: part(`${nameOf(older)}${suffix}`),
});
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const withText = (name: string, change: (content: string) => string): Files =>
  withChange(name, (content) => Buffer.from(change(text(content)), "latin1"));
const x25519Stanza = `-> X25519 ${"A".repeat(42)}E\n${"A".repeat(43)}\n`;

describe("the reader in Python's standard library", () => {
  const reading = read(vault);

  it("opens the vault of specs/vectors: current versions under their names, with a thumbnail", () => {
    expect(reading.output).not.toContain("refused");
    expect(reading.status).toBe(0);
    expect(Object.keys(reading.written).sort()).toEqual(["Bank", letterName, `${letterName}.thumbnail`]);
    expect(hashOf(reading.written[letterName])).toBe(newer.plaintextHash);
    expect(hashOf(reading.written["Bank"])).toBe(login.plaintextHash);
    expect(reading.written[`${letterName}.thumbnail`]).toEqual(Buffer.from(decodeHex(newer.thumbnail)));
  });

  it("opens an older version by its id, under the name that it had", () => {
    const { status, written } = read(vault, older.verId);
    expect(status).toBe(0);
    expect(Object.entries(written).map(([name, content]) => [name, hashOf(content)])).toEqual([
      ["Papiere/2026/Brief an Ada.txt", older.plaintextHash],
    ]);
  });

  it("believes the hash of a grant as it believes the owner's statement", () => {
    const document = JSON.parse(text(part("trust.json")));
    const statement = JSON.parse(Buffer.from(text(part("manifest.jws")).split(".")[1] ?? "", "base64url").toString());
    const { ownerKey: _, ...place } = document;
    const granted = {
      ...vault,
      "trust.json": Buffer.from(JSON.stringify({ ...place, manifestHash: statement.manifestHash })),
    };
    expect(read(granted).status).toBe(0);
    const other = { ...granted, "trust.json": Buffer.from(JSON.stringify({ ...place, manifestHash: "A".repeat(43) })) };
    expect(read(other)).toMatchObject({ status: 1, written: {} });
  });
});

describe("the reader refuses the whole vault", () => {
  it.each<[string, Files, string]>([
    ["another manifest file", withChange("manifest.age", flipAt(-1)), "not the one that the owner signed"],
    [
      "a cut manifest file",
      withChange("manifest.age", (file) => file.slice(0, -1)),
      "not the one that the owner signed",
    ],
    ["a statement that was changed", withChange("manifest.jws", flipAt(200)), "refused"],
    [
      "a statement by another key",
      withText("trust.json", (json) => json.replace(/"ownerKey":"..../, '"ownerKey":"AAAA')),
      "statement",
    ],
    [
      "another account's",
      withText("trust.json", (json) => json.replace(about.account, older.docId)),
      "the statement is about another place",
    ],
    [
      "a bequest's",
      withText("trust.json", (json) => json.replace('"g":0', '"g":1')),
      "the statement is about another place",
    ],
    ["an identity that was mistyped", withText("identity.txt", (line) => line.replace(/.\n/, "Q\n")), "mistyped"],
  ])("for %s", (_, files, why) => {
    const { status, output, written } = read(files);
    expect(written).toEqual({});
    expect(output).toContain(why);
    expect(status).toBe(1);
  });
});

describe("the reader refuses a document and writes nothing of it", () => {
  const object = `${nameOf(newer)}.object`;
  const header = `${nameOf(newer)}.header`;
  const metadata = `${nameOf(newer)}.1.metadata`;
  const stanzas = text(part(header)).split(/(?=-> |--- )/);

  it.each<[string, Files, string]>([
    ["a flipped bit in the payload", withChange(object, flipAt(5000)), "slice 0"],
    ["a flipped bit in the leaf list", withChange(object, flipAt(65_684)), "leaf list"],
    ["a flipped bit in the thumbnail", withChange(object, flipAt(65_684 + 32 + 40)), "thumbnail"],
    ["an object cut inside the payload", withChange(object, (file) => file.slice(0, 60_000)), "leaf list"],
    ["an object cut inside the thumbnail", withChange(object, (file) => file.slice(0, 65_800)), "thumbnail"],
    [
      "another MAC of the header",
      withText(header, (lines) => lines.replace(/--- .../, "--- AAA")),
      "header was changed",
    ],
    ["a cut header", withChange(header, (file) => file.slice(0, -1)), "cut"],
    [
      "something behind the header",
      withChange(header, (file) => concatBytes(file, Buffer.from("\n"))),
      "header does not end",
    ],
    [
      "an X25519 stanza beside hybrid ones",
      withText(header, () => [stanzas[0], x25519Stanza, ...stanzas.slice(1)].join("")),
      "mixed",
    ],
    ["a foreign stanza", withText(header, (lines) => lines.replace("-> mlkem768x25519", "-> ssh-ed25519")), "mixed"],
    [
      "a stanza less",
      withText(header, () => [stanzas[0], ...stanzas.slice(2)].join("")),
      "(changed|not for this identity)",
    ],
    ["a flipped bit in the metadata", withChange(metadata, flipAt(300)), "metadata"],
    ["metadata of an earlier revision", withChange(metadata, () => part(`${nameOf(newer)}.0.metadata`)), "metadata"],
    ["metadata under another revision", rename(metadata, `${nameOf(newer)}.2.metadata`), "commitment"],
    ["the other version's header", swapped(".header"), "file key"],
    ["the other version's object", swapped(".object"), "leaf list"],
    ["the other version's metadata", swapped(".0.metadata"), "metadata"],
    ["a version that is missing, though it is not the current one", without(`${nameOf(older)}.header`), "No such file"],
    ["the newer version missing, so that the older one would look current", without(header), "No such file"],
  ])("for %s", (_, files, why) => {
    const { status, output, written } = read(files);
    expect(Object.keys(written)).toEqual(["Bank"]);
    expect(output).toMatch(new RegExp(`refused ${newer.docId}: .*${why}`));
    expect(status).toBe(1);
  });

  it("but does not mind the padding, which is nobody's content", () => {
    expect(read(withChange(object, (file) => file.slice(0, -100))).status).toBe(0);
  });
});

function rename(from: string, to: string): Files {
  return { ...without(from), [to]: part(from) };
}

function without(name: string): Files {
  return Object.fromEntries(Object.entries(vault).filter(([other]) => other !== name));
}
