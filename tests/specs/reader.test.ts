import { inflateSync } from "node:zlib";
import * as shipped from "cctv-age";
import { describe, expect, it } from "vitest";
import { concatBytes, encodeBase64url, encodeHex } from "@afterkeep/bytes";
import { generateSigningKey, sha256, sign } from "@afterkeep/crypto";
import {
  decodeJcsObject,
  generateIdentity,
  type JcsObject,
  manifestHash,
  signStatement,
  signStatementWith,
} from "@afterkeep/formats";
import { decrypt, type Files, python, read, readerFolder } from "./run-reader.ts";
import { mebi, seal, type Sealed, vaultOf } from "./sealed-now.ts";

const contentsOf = (documents: readonly Sealed[]) =>
  documents.map(({ name, content }) => [name, encodeHex(sha256(content))]);
const hashesOf = (files: Files) => Object.entries(files).map(([name, content]) => [name, encodeHex(sha256(content))]);

describe("the reader in Python opens what the client sealed just now", () => {
  it("to a hybrid identity, of every size at which something begins", async () => {
    const identity = await generateIdentity("hybrid");
    const sizes = [0, 1, 65_535, 65_536, 65_537, mebi - 1, mebi, mebi + 1, 3 * mebi + 5];
    const documents = await Promise.all(sizes.map((size) => seal(identity, size)));
    const { status, output, written } = read(await vaultOf(identity, documents));
    expect(output).not.toContain("refused");
    expect(status).toBe(0);
    expect(Object.fromEntries(hashesOf(written))).toEqual(Object.fromEntries(contentsOf(documents)));
  });

  it("to an X25519 identity", async () => {
    const identity = await generateIdentity("x25519");
    const documents = [await seal(identity, 65_537)];
    const { written } = read(await vaultOf(identity, documents));
    expect(hashesOf(written)).toEqual(contentsOf(documents));
  });
});

describe("the reader in Python refuses", async () => {
  const identity = await generateIdentity("hybrid");
  const owner = generateSigningKey();
  const film = await seal(identity, 3 * mebi + 5);
  const object = `${film.entry.docId}.${film.entry.verId}.object`;
  const slices = slicesOf(film, object);
  const vault = await vaultOf(identity, [film], { owner });
  const expectRefused = (files: Files, why: RegExp) => {
    const { status, output, written } = read(files);
    expect(written).toEqual({});
    expect(output).toMatch(why);
    expect(status).toBe(1);
  };

  it.each<[string, (slices: Uint8Array[]) => Uint8Array[]]>([
    ["two slices swapped", ([a, b, ...rest]) => [b, a, ...rest].filter((slice) => slice !== undefined)],
    ["a slice twice", (all) => all.map((slice, i) => (i === 1 ? (all[0] ?? slice) : slice))],
    ["a slice left out", (all) => all.filter((_, i) => i !== 1)],
  ])("%s, and keeps nothing of what came before", (_, change) => {
    expectRefused({ ...vault, [object]: concatBytes(...change(slices)) }, /slice|leaf list/);
  });

  it("a flipped bit in the last byte of the payload", () => {
    const changed = new Uint8Array(concatBytes(...slices));
    changed[film.entry.payloadLen - 1] = 1 ^ (changed[film.entry.payloadLen - 1] ?? 0);
    expectRefused({ ...vault, [object]: changed }, /slice 3 was changed/);
  });

  it("a document that somebody else sealed to the owner's public key, with its own whole set", async () => {
    const { docId, verId } = film.entry;
    const forged = await seal(identity, 100, { docId, verId });
    expectRefused({ ...vault, ...forged.files }, /another file key than the owner signed/);
  });

  it("a manifest of somebody else", async () => {
    const forged = await vaultOf(identity, [film]);
    expectRefused(
      { ...vault, "manifest.age": forged["manifest.age"] ?? new Uint8Array() },
      /not the one that the owner signed/,
    );
    expectRefused({ ...forged, "trust.json": vault["trust.json"] ?? new Uint8Array() }, /statement/);
  });

  it("a statement that names the owner's key and is signed with another, or is none about a manifest", async () => {
    const forged = await vaultOf(identity, [film]);
    const said = bodyOf(forged["manifest.jws"]);
    const other = generateSigningKey();
    const claimed = { publicKey: owner.publicKey, sign: async (message: Uint8Array) => sign(message, other) };
    const { "manifest.age": file = new Uint8Array() } = forged;
    const withStatement = (jws: string) => ({ ...vault, "manifest.age": file, "manifest.jws": Buffer.from(jws) });
    expectRefused(withStatement(await signStatementWith("manifest", said, claimed)), /refused: statement$/);
    expectRefused(withStatement(signStatement("pin", said, owner)), /refused: statement$/);
    expectRefused(withStatement("a".repeat(256 * 1024 + 1)), /too long/);
    expect(read(withStatement(signStatement("manifest", said, owner))).status).toBe(0);
  });

  it("last year's manifest, though the owner signed it once, where a grant names the newest", async () => {
    const last = vault["manifest.age"] ?? new Uint8Array();
    const newest = await vaultOf(identity, [film], { owner, mseq: 2, prev: manifestHash(last) });
    const { ownerKey: _, ...place } = JSON.parse(Buffer.from(vault["trust.json"] ?? []).toString()) as Record<
      string,
      string
    >;
    const hash = encodeBase64url(manifestHash(newest["manifest.age"] ?? new Uint8Array()));
    const granted = { "trust.json": Buffer.from(JSON.stringify({ ...place, manifestHash: hash })) };
    expectRefused({ ...vault, ...granted }, /not the one that the owner signed/);
    expect(read({ ...newest, ...granted }).status).toBe(0);
  });

  it("a document for somebody else", async () => {
    const other = await generateIdentity("hybrid");
    expectRefused({ ...vault, "identity.txt": Buffer.from(other) }, /not for this identity/);
    const classic = await generateIdentity("x25519");
    expectRefused({ ...vault, "identity.txt": Buffer.from(classic) }, /not for this kind of identity/);
  });
});

function bodyOf(jws: Uint8Array = new Uint8Array()): JcsObject {
  const [, payload = ""] = Buffer.from(jws).toString().split(".");
  return decodeJcsObject(Buffer.from(payload, "base64url"), 4096);
}

function slicesOf({ files, entry }: Sealed, name: string): Uint8Array[] {
  const object = files[name] ?? new Uint8Array();
  const cuts = [0, 1, 2, 3].map((i) => object.slice(i * mebi, Math.min((i + 1) * mebi, entry.payloadLen)));
  return [...cuts, object.slice(entry.payloadLen)];
}

/** age skips stanzas of other kinds; a reader of our documents refuses them. */
const mixed = new Set([
  "hybrid_and_x25519",
  "hybrid_grease",
  "stanza_empty_body",
  "stanza_empty_last_line",
  "stanza_valid_characters",
  "x25519_grease",
]);

type Case = { readonly name: string; readonly identity: string; readonly file: string; readonly expected: string };

/** A vector is a head of `key: value` lines, an empty line, and the file. Armour and passphrases are no part of our documents. */
function caseOf(name: string, vector: Uint8Array): Case | null {
  const bytes = Buffer.from(vector);
  const split = bytes.indexOf("\n\n");
  const lines = bytes.subarray(0, split).toString("latin1").split("\n");
  const values = (key: string) =>
    lines.flatMap((line) => (line.startsWith(`${key}: `) ? [line.slice(key.length + 2)] : []));
  const [identity, another] = values("identity");
  const isForeign = values("armored").length > 0 || values("passphrase").length > 0;
  if (identity === undefined || another !== undefined || isForeign || name.startsWith("stream_25")) return null;
  const body = bytes.subarray(split + 2);
  const file = values("compressed").length > 0 ? inflateSync(body) : body;
  const isOpened = values("expect")[0] === "success" && !mixed.has(name);
  return {
    name,
    identity,
    file: file.toString("base64"),
    expected: isOpened ? (values("payload")[0] ?? "") : "refused",
  };
}

const cases = Object.entries<unknown>(shipped).flatMap(([name, vector]) => {
  const found = vector instanceof Uint8Array ? caseOf(name, vector) : null;
  return found === null ? [] : [found];
});

describe("the reader's way through age", () => {
  it("takes an identity of 32 bytes in its one spelling, and no other with a right checksum", () => {
    const script = `
import sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/../crosscheck"]
from identity import LETTERS, checksum, parse_identity
def spelled(words):
    prefix = "AGE-SECRET-KEY-PQ-"
    check = checksum(prefix.lower(), words + [0] * 6) ^ 1
    return prefix + "1" + "".join(LETTERS[w] for w in words + [check >> 5 * (5 - i) & 31 for i in range(6)])
for words in ([3] * 51 + [16], [3] * 51 + [1], [3] * 50, [3] * 53):
    try:
        print(len(parse_identity(spelled(words))[1]))
    except ValueError as error:
        print(error)`;
    const { output } = python(["-c", script, readerFolder]);
    expect(output.split("\n")).toEqual(["32", ...Array.from({ length: 3 }, () => "not 32 bytes of identity")]);
  });

  it.each(["hybrid", "x25519"] as const)(
    "opens header ‖ payload, a plain age file, with a %s identity",
    async (kind) => {
      const identity = await generateIdentity(kind);
      const { files, entry, content } = await seal(identity, 70_000);
      const name = `${entry.docId}.${entry.verId}`;
      const [header, object] = [
        files[`${name}.header`] ?? new Uint8Array(),
        files[`${name}.object`] ?? new Uint8Array(),
      ];
      const plain = decrypt(identity, concatBytes(header, object.subarray(0, entry.payloadLen)));
      expect(plain.stdout.equals(content)).toBe(true);
      expect(decrypt(identity, concatBytes(header, object))).toMatchObject({ status: 1, output: "refused: tag" });
    },
  );

  it("agrees with every vector of C2SP that has one key and stanzas of one kind", () => {
    const script = `
import base64, hashlib, json, sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/../crosscheck"]
from age import open_file
def opened(case):
    try:
        return hashlib.sha256(open_file(base64.b64decode(case["file"]), case["identity"])).hexdigest()
    except ValueError as error:
        return "refused"
print(json.dumps({case["name"]: opened(case) for case in json.load(sys.stdin)}))`;
    const { stdout, output } = python(["-c", script, readerFolder], JSON.stringify(cases));
    expect(output.startsWith("{"), output).toBe(true);
    expect(JSON.parse(stdout.toString())).toEqual(
      Object.fromEntries(cases.map(({ name, expected }) => [name, expected])),
    );
    expect(cases.length).toBeGreaterThan(70);
    expect(cases.filter(({ expected }) => expected !== "refused").length).toBeGreaterThan(6);
  });
});
