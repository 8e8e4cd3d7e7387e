import { concatBytes, encodeUtf8, newId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  createHeader,
  encodeMetadata,
  fkCommit,
  generateIdentity,
  metaHash,
  recipientOf,
  sealPayload,
  type ManifestEntry,
} from "@afterkeep/formats";
import { objectLayout, sliceLength } from "@afterkeep/merkle";
import { describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { SourceSizeError } from "./errors.ts";
import { openDocument, openDocumentHeader } from "./open-document.ts";
import { sealObject } from "./seal-object.ts";
import {
  type ASealedDocument,
  aSealedDocument,
  anAccount,
  aPlan,
  inParts,
  rangesOf,
  someBytes,
} from "./testing/a-sealed-document.ts";

async function open(document: ASealedDocument, changed: Partial<ASealedDocument> = {}): Promise<Uint8Array> {
  const { account, stored, entry, identity, object } = { ...document, ...changed };
  const opened = await openDocumentHeader(account, stored, entry, identity);
  return collectBytes(openDocument(opened, entry, rangesOf(object)));
}

describe("a sealed document", () => {
  it.each([0, 1, 65_535, 65_536, 65_537, sliceLength - 32, sliceLength, 3 * sliceLength + 5])(
    "of %i bytes opens to what was sealed, and its object has the announced length",
    async (length) => {
      const content = someBytes(length);
      const document = await aSealedDocument(content);
      expect(document.object.length).toBe(objectLayout(document.entry.payloadLen).objectLen);
      expect(Buffer.compare(await open(document), content)).toBe(0);
    },
  );

  it("shows its name only to who can open it", async () => {
    const document = await aSealedDocument(someBytes(10), { name: "a distinctive name" });
    const { metadata } = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    expect(metadata.name).toBe("a distinctive name");
    const server = Buffer.concat([document.stored.header, document.stored.metadata, document.object]);
    expect(server.includes("a distinctive name")).toBe(false);
    await expect(open(document, { identity: await generateIdentity() })).rejects.toThrow(DecryptionError);
  });

  it("never uses a file key or nonce twice for the same content", async () => {
    const content = someBytes(1000);
    const [one, two] = [await aSealedDocument(content), await aSealedDocument(content)];
    expect(one.entry.fkCommit).not.toEqual(two.entry.fkCommit);
    expect(one.object.subarray(0, 16)).not.toEqual(two.object.subarray(0, 16));
  });

  it.each([
    ["grows", 100, 101],
    ["shrinks", 100, 99],
  ])("is not made from a source that %s while it is read", async (_how, announced, real) => {
    const sealed = sealObject(await aPlan(announced), inParts(someBytes(real), 50));
    await expect(collectBytes(sealed.object)).rejects.toThrow(SourceSizeError);
    expect(() => sealed.entry()).toThrow(SourceSizeError);
  });

  it("stops reading a source as soon as it is longer than announced", async () => {
    let read = 0;
    async function* tooLong() {
      for (; read < 100;) {
        read++;
        yield someBytes(1000);
      }
    }
    const sealed = sealObject(await aPlan(2500), tooLong());
    await expect(collectBytes(sealed.object)).rejects.toThrow(SourceSizeError);
    expect(read).toBe(3);
  });

  it("stops when it is told to, and lets go of its source", async () => {
    let isReleased = false;
    async function* long() {
      try {
        for (let i = 0; i < 200; i++) yield someBytes(65_536);
      } finally {
        isReleased = true;
      }
    }
    const controller = new AbortController();
    const sealed = sealObject(await aPlan(2 ** 40), long(), {
      signal: controller.signal,
      onProgress: (done) => done > 500_000 && controller.abort(),
    });
    await expect(collectBytes(sealed.object)).rejects.toThrow("aborted");
    expect(isReleased).toBe(true);
  });
});

describe("a hostile store", () => {
  const content = someBytes(2 * sliceLength + 1234);
  const flipped = (bytes: Uint8Array, at: number) => {
    const copy = new Uint8Array(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };

  it.each([0, 16, sliceLength, 2 * sliceLength + 100])("cannot change the payload byte %i", async (at) => {
    const document = await aSealedDocument(content);
    await expect(open(document, { object: flipped(document.object, at) })).rejects.toThrow(DecryptionError);
  });

  it("cannot change a byte in a way that lets an unverified one out", async () => {
    const document = await aSealedDocument(content);
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const object = flipped(document.object, sliceLength + 5);
    const out: Uint8Array[] = [];
    const reading = (async () => {
      for await (const part of openDocument(opened, document.entry, rangesOf(object))) out.push(part);
    })();
    await expect(reading).rejects.toThrow(DecryptionError);
    const length = out.reduce((sum, part) => sum + part.length, 0);
    expect(length).toBeLessThan(sliceLength);
    expect(Buffer.compare(Buffer.concat(out), content.subarray(0, length))).toBe(0);
  });

  it("cannot alter the leaf list", async () => {
    const document = await aSealedDocument(content);
    const object = flipped(document.object, objectLayout(document.entry.payloadLen).leavesOffset + 3);
    await expect(open(document, { object })).rejects.toThrow(DecryptionError);
  });

  it("may alter the padding, which nobody reads", async () => {
    const document = await aSealedDocument(content);
    const layout = objectLayout(document.entry.payloadLen);
    expect(layout.paddingLen).toBeGreaterThan(0);
    const asked: (readonly [number, number])[] = [];
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const object = flipped(document.object, layout.paddingOffset);
    const plain = await collectBytes(openDocument(opened, document.entry, rangesOf(object, asked)));
    expect(Buffer.compare(plain, content)).toBe(0);
    expect(Math.max(...asked.map(([, to]) => to))).toBe(layout.paddingOffset);
  });

  it.each([1, 16, sliceLength, 2 * sliceLength])("cannot cut the last %i bytes of the payload off", async (cut) => {
    const document = await aSealedDocument(content);
    const { payloadLen } = document.entry;
    const ranges = rangesOf(document.object);
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const cutting = (from: number, to: number) => ranges(from, to === payloadLen ? to - cut : to);
    await expect(collectBytes(openDocument(opened, document.entry, cutting))).rejects.toThrow(DecryptionError);
  });

  it("cannot put another payload of the same owner under an unchanged header", async () => {
    const document = await aSealedDocument(content);
    const other = await aSealedDocument(someBytes(content.length), { identity: document.identity });
    await expect(open(document, { object: other.object })).rejects.toThrow(DecryptionError);
  });

  it("cannot bring an older version of the same document back", async () => {
    const old = await aSealedDocument(encodeUtf8("last year's will"));
    const { identity, stored } = old;
    const now = await aSealedDocument(encodeUtf8("this year's will"), { identity, docId: stored.docId });
    await expect(open(now, { stored: old.stored, object: old.object })).rejects.toThrow(DecryptionError);
    const relabelled = { ...old.stored, verId: now.stored.verId };
    await expect(open(now, { stored: relabelled, object: old.object })).rejects.toThrow(DecryptionError);
  });

  it("cannot forge a document to the owner's public recipient", async () => {
    const document = await aSealedDocument(content);
    const forged = await aSealedDocument(someBytes(content.length), { identity: document.identity });
    const stored = { ...forged.stored, docId: document.stored.docId, verId: document.stored.verId };
    await expect(open(document, { stored, object: forged.object })).rejects.toThrow(DecryptionError);
  });

  it("cannot give a header that yields another file key", async () => {
    const document = await aSealedDocument(content);
    const fileKey = new Uint8Array(16).fill(7);
    const header = await createHeader(fileKey, [await recipientOf(document.identity)]);
    await expect(open(document, { stored: { ...document.stored, header } })).rejects.toThrow(DecryptionError);
  });

  it("cannot mix an X25519 stanza into a header", async () => {
    const document = await aSealedDocument(content);
    const weak = await createHeader(new Uint8Array(16), [await recipientOf(await generateIdentity("x25519"))]);
    const stanza = Buffer.from(weak).toString("latin1").split("\n").slice(1, 3).join("\n");
    const mixed = Buffer.from(document.stored.header).toString("latin1").replace("\n--- ", `\n${stanza}\n--- `);
    const header = new Uint8Array(Buffer.from(mixed, "latin1"));
    await expect(open(document, { stored: { ...document.stored, header } })).rejects.toThrow(DecryptionError);
  });

  it("cannot use metadata that somebody who may open the document rewrote, under the very file key", async () => {
    const document = await aSealedDocument(content);
    const { fileKey, metadata: real } = await openDocumentHeader(
      anAccount,
      document.stored,
      document.entry,
      document.identity,
    );
    const place = { account: anAccount, docId: document.stored.docId, verId: document.stored.verId, rev: 0 };
    const metadata = encodeMetadata(fileKey, place, { ...real, name: "another name" });
    await expect(open(document, { stored: { ...document.stored, metadata } })).rejects.toThrow(DecryptionError);
  });

  it("cannot pass where the signed entry commits to another file key", async () => {
    const document = await aSealedDocument(content);
    const entry: ManifestEntry = { ...document.entry, fkCommit: someBytes(32) };
    await expect(open(document, { entry })).rejects.toThrow(DecryptionError);
  });

  it("cannot use metadata of another revision, document or account", async () => {
    const document = await aSealedDocument(content);
    const other = await aSealedDocument(content, { identity: document.identity, name: "another name" });
    await expect(open(document, { stored: { ...document.stored, metadata: other.stored.metadata } })).rejects.toThrow(
      DecryptionError,
    );
    await expect(open(document, { account: newId(5) })).rejects.toThrow(DecryptionError);
  });

  it("cannot lie about the length even where the owner's own entry were for another payload", async () => {
    const document = await aSealedDocument(content);
    const entry: ManifestEntry = { ...document.entry, payloadLen: document.entry.payloadLen - 16 };
    await expect(open(document, { entry })).rejects.toThrow(DecryptionError);
  });

  it("gives nothing for a payload that is in the manifest but not encrypted as one", async () => {
    const document = await aSealedDocument(content);
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const other = await aSealedDocument(someBytes(content.length));
    const reading = collectBytes(openDocument(opened, other.entry, rangesOf(other.object)));
    await expect(reading).rejects.toThrow(DecryptionError);
  });
});

describe("what a manifest entry names", () => {
  it("is exactly the key, the metadata and the payload of this version", async () => {
    const document = await aSealedDocument(someBytes(20));
    const { fileKey } = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    expect(document.entry.fkCommit).toEqual(fkCommit(fileKey, document.stored.docId, document.stored.verId));
    expect(document.entry.metaHash).toEqual(metaHash(document.stored.metadata));
  });

  it("and the payload is an ordinary age payload", async () => {
    const content = someBytes(70_000);
    const document = await aSealedDocument(content);
    const { fileKey } = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const nonce = document.object.slice(0, 16);
    const again = sealPayload(fileKey, content, () => nonce);
    expect(Buffer.compare(again, concatBytes(document.object.slice(0, document.entry.payloadLen)))).toBe(0);
  });
});
