import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DecryptionError } from "@afterkeep/crypto";
import { generateIdentity, parseHeader, recipientOf, unwrapFileKey } from "@afterkeep/formats";
import { sliceLength } from "@afterkeep/merkle";
import { Decrypter } from "age-encryption";
import { describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { exportDocument } from "./export-document.ts";
import { openDocumentHeader } from "./open-document.ts";
import { type ASealedDocument, aSealedDocument, anAccount, rangesOf, someBytes } from "./testing/a-sealed-document.ts";

async function exported(document: ASealedDocument, kind: "hybrid" | "x25519") {
  const identity = await generateIdentity(kind);
  const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
  const file = await exportDocument(opened, document.entry, await recipientOf(identity), rangesOf(document.object));
  const bytes = await collectBytes(file.bytes);
  return { identity, bytes, length: file.length, opened };
}

describe("an exported document", () => {
  const content = someBytes(sliceLength + 77);

  it("with an X25519 identity opens with the age command", async () => {
    const { identity, bytes, length } = await exported(await aSealedDocument(content), "x25519");
    expect(bytes.length).toBe(length);
    const folder = await mkdtemp(join(tmpdir(), "afterkeep-export-"));
    try {
      await writeFile(join(folder, "key"), `${identity}\n`);
      await writeFile(join(folder, "file.age"), bytes);
      execFileSync("age", ["-d", "-i", join(folder, "key"), "-o", join(folder, "plain"), join(folder, "file.age")]);
      expect(Buffer.compare(await readFile(join(folder, "plain")), content)).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("with a hybrid identity opens with typage", async () => {
    const { identity, bytes, length } = await exported(await aSealedDocument(content), "hybrid");
    expect(bytes.length).toBe(length);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.compare(await decrypter.decrypt(bytes), content)).toBe(0);
  });

  it("for X25519 shares no key with the stored one, and no header mixes kinds", async () => {
    const document = await aSealedDocument(content);
    const { bytes, identity } = await exported(document, "x25519");
    const header = parseHeader(bytes);
    expect(header.stanzas.map(({ args }) => args[0])).toEqual(["X25519"]);
    const payload = Buffer.from(bytes.subarray(header.length));
    expect(payload.length).toBe(document.entry.payloadLen);
    expect(payload.subarray(0, 64).equals(Buffer.from(document.object.subarray(0, 64)))).toBe(false);
    const { fileKey } = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    expect(await unwrapFileKey(bytes, [identity])).not.toEqual(fileKey);
  });

  it("for hybrid is the stored payload behind a header of one stanza", async () => {
    const document = await aSealedDocument(content);
    const { bytes } = await exported(document, "hybrid");
    const header = parseHeader(bytes);
    expect(header.stanzas.map(({ args }) => args[0])).toEqual(["mlkem768x25519"]);
    expect(Buffer.compare(bytes.subarray(header.length), document.object.subarray(0, document.entry.payloadLen))).toBe(
      0,
    );
  });

  it("fails where the store cuts the payload at a slice", async () => {
    const document = await aSealedDocument(content);
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const ranges = rangesOf(document.object);
    const cutting = (from: number, to: number) => ranges(from, from === 0 ? sliceLength : to);
    const identity = await generateIdentity();
    const file = await exportDocument(opened, document.entry, await recipientOf(identity), cutting);
    await expect(collectBytes(file.bytes)).rejects.toThrow(DecryptionError);
  });

  it("fails, rather than carry a changed payload on", async () => {
    const document = await aSealedDocument(content);
    const object = new Uint8Array(document.object);
    object[sliceLength + 3] = (object[sliceLength + 3] ?? 0) ^ 1;
    await expect(exported({ ...document, object }, "hybrid")).rejects.toThrow();
    await expect(exported({ ...document, object }, "x25519")).rejects.toThrow();
  });
});
