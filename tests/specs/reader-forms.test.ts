import { describe, expect, it } from "vitest";
import { encodeBase64url, encodeUtf8, idBytes, newId, nilId } from "@afterkeep/bytes";
import { ctx, generateSigningKey, wrap } from "@afterkeep/crypto";
import {
  ageSealSmall,
  encodeJcs,
  generateIdentity,
  type JcsObject,
  manifestHash,
  metaHash,
  padContent,
  recipientOf,
} from "@afterkeep/formats";
import { type Files, read } from "./run-reader.ts";
import { account, seal, type Sealed, vaultOf } from "./sealed-now.ts";

// What only somebody with the owner's own keys could write, and no reader may take: a form that the specification does not have.
const identity = await generateIdentity("hybrid");
const owner = generateSigningKey();
const [first, second] = [await seal(identity, 10), await seal(identity, 20)];
const entryOf = ({ entry }: Sealed): JcsObject => ({
  docId: entry.docId,
  verId: entry.verId,
  payloadLen: entry.payloadLen,
  payloadRoot: encodeBase64url(entry.payloadRoot),
  fkCommit: encodeBase64url(entry.fkCommit),
  metaHash: encodeBase64url(entry.metaHash),
});
const [a, b] = [entryOf(first), entryOf(second)];
const honest = { account, b: nilId, g: 0, mseq: 1, prev: "", entries: [a, b], message: "" };
const hash = encodeBase64url(new Uint8Array(32));

/** A vault whose manifest has this body, named by a grant. */
async function vaultWith(body: JcsObject, place = { b: nilId, g: 0 }): Promise<Files> {
  const file = await ageSealSmall([await recipientOf(identity)], encodeJcs(body));
  const trust = { account, ...place, manifestHash: encodeBase64url(manifestHash(file)) };
  const stored = await vaultOf(identity, [first, second], { owner });
  return { ...stored, "manifest.age": file, "trust.json": encodeJcs(trust) };
}

describe("the reader opens a bequest", () => {
  const place = { b: newId(2), g: 3 };
  const bequest = { ...honest, ...place, mseq: 7, prev: hash, message: "Liebe Ada, für dich." };

  it("by the hash of a grant, and shows the owner's words", async () => {
    const { status, output, written } = read(await vaultWith(bequest, place));
    expect(output).toContain("Liebe Ada, für dich.");
    expect(Object.keys(written).sort()).toEqual(["10 bytes", "20 bytes"]);
    expect(status).toBe(0);
  });

  it("but not as another generation's", async () => {
    expect(read(await vaultWith(bequest, { ...place, g: 4 }))).toMatchObject({ status: 1, written: {} });
  });
});

describe("the reader refuses a manifest", () => {
  it("not in its honest form", async () => {
    expect(read(await vaultWith(honest)).status).toBe(0);
  });

  it.each<[string, JcsObject, string]>([
    ["of another account", { ...honest, account: newId(1) }, "about another place"],
    ["of a bequest", { ...honest, g: 1 }, "about another place"],
    ["with entries out of order", { ...honest, entries: [b, a] }, "out of order"],
    ["with an entry twice", { ...honest, entries: [a, a, b] }, "twice"],
    ["with a field more", { ...honest, extra: 1 }, "unknown or missing"],
    ["with an entry's field more", { ...honest, entries: [{ ...a, extra: 1 }, b] }, "unknown or missing"],
    ["with mseq 0", { ...honest, mseq: 0 }, "mseq"],
    ["with a second mseq and no predecessor", { ...honest, mseq: 2 }, "prev"],
    ["with a first mseq and a predecessor", { ...honest, prev: hash }, "prev"],
    ["with a short hash in it", { ...honest, entries: [{ ...a, payloadRoot: "AAAA" }, b] }, "not 32 bytes"],
    ["with a length that is text", { ...honest, entries: [{ ...a, payloadLen: "1" }, b] }, "payloadLen"],
  ])("%s", async (_, body, why) => {
    const { status, output, written } = read(await vaultWith(body));
    expect(written).toEqual({});
    expect(output).toContain(why);
    expect(status).toBe(1);
  });

  it("of more than 16 MiB", async () => {
    const vault = { ...(await vaultWith(honest)), "manifest.age": new Uint8Array(2 ** 24 + 1) };
    expect(read(vault).output).toContain("too long");
  });
});

const metadata = {
  ...{ kind: "file", name: "a.txt", folder: "", mediaType: "", size: 10, payloadLen: first.entry.payloadLen },
  ...{ createdMs: 1, modifiedMs: 1, currentMs: 1, thumbnailLen: 0, thumbnailHash: "" },
};

/** The first document with these metadata, in a manifest that names them. */
async function withMetadata(body: JcsObject): Promise<Files> {
  const { fileKey, docId, verId } = first.plan;
  const context = ctx("meta", idBytes(account), idBytes(docId), idBytes(verId), 1);
  const record = wrap(fileKey, context, context, padContent(encodeJcs(body)));
  const renamed = { ...first, entry: { ...first.entry, metaHash: metaHash(record) } };
  return { ...(await vaultOf(identity, [renamed], { owner })), [`${docId}.${verId}.1.metadata`]: record };
}

describe("the reader refuses metadata", () => {
  it("not in their honest form", async () => {
    expect(Object.keys(read(await withMetadata(metadata)).written)).toEqual(["a.txt"]);
  });

  it.each<[string, JcsObject, string]>([
    ["whose size and payload do not fit", { ...metadata, size: 11 }, "do not fit"],
    ["of another payload", { ...metadata, size: 11, payloadLen: metadata.payloadLen + 1 }, "of another payload"],
    ["with a thumbnail's hash and no thumbnail", { ...metadata, thumbnailHash: hash }, "thumbnail"],
    ["with too long a thumbnail", { ...metadata, thumbnailLen: 57_345, thumbnailHash: hash }, "thumbnail"],
    ["of another kind", { ...metadata, kind: "folder" }, "metadata"],
    ["with a field more", { ...metadata, extra: 1 }, "unknown or missing"],
    ["with too long a name", { ...metadata, name: "ö".repeat(513) }, "too long"],
  ])("%s", async (_, body, why) => {
    const { status, output, written } = read(await withMetadata(body));
    expect(written).toEqual({});
    expect(output).toContain(why);
    expect(status).toBe(1);
  });

  it("that are no canonical JSON", async () => {
    const { fileKey, docId, verId } = first.plan;
    const context = ctx("meta", idBytes(account), idBytes(docId), idBytes(verId), 1);
    const spaced = encodeUtf8(new TextDecoder().decode(encodeJcs(metadata)).replace(":", ": "));
    const record = wrap(fileKey, context, context, padContent(spaced));
    const entry = { ...first.entry, metaHash: metaHash(record) };
    const vault = await vaultOf(identity, [{ ...first, entry }], { owner });
    expect(read({ ...vault, [`${docId}.${verId}.1.metadata`]: record }).output).toContain("not canonical JSON");
  });
});

describe("the reader keeps what it writes in its folder", () => {
  it.each([
    ["../../name", "..", "_/.._.._name"],
    ["..", "", "_"],
    ["", "", "_"],
    ["a\u0000b", "c//./d", "c/_/d/a_b"],
  ])("for the name %j in %j", async (name, folder, path) => {
    expect(Object.keys(read(await withMetadata({ ...metadata, name, folder })).written)).toEqual([path]);
  });

  it("and under names of their own when two documents have the same", async () => {
    const twins = [await seal(identity, 5), await seal(identity, 5)];
    const { written } = read(await vaultOf(identity, twins, { owner }));
    const [older, newer] = twins.map(({ entry }) => `${entry.docId}.${entry.verId} 5 bytes`);
    expect(Object.keys(written)).toHaveLength(2);
    expect(Object.keys(written)).toContain("5 bytes");
    expect([older, newer].some((name) => Object.hasOwn(written, name ?? ""))).toBe(true);
  });
});
