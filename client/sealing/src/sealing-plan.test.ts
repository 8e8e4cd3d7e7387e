import { MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { generateIdentity, openHeader, sealThumbnail } from "@afterkeep/formats";
import { objectLayout, sliceLength } from "@afterkeep/merkle";
import { describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { openDocumentHeader } from "./open-document.ts";
import { openDocumentThumbnail } from "./open-thumbnail.ts";
import { sealObject } from "./seal-object.ts";
import { decodePlan, encodePlan } from "./sealing-plan.ts";
import { anAccount, aPlan, aSealedDocument, inParts, rangesOf, someBytes } from "./testing/a-sealed-document.ts";

describe("a sealing plan", () => {
  it("turns the same source into the same bytes again, padding included, however the source arrives and the plan was kept", async () => {
    const content = someBytes(sliceLength + 12_345);
    const plan = await aPlan(content.length, { thumbnail: someBytes(3000) });
    const first = sealObject(plan, inParts(content, 100_000));
    const again = sealObject(decodePlan(encodePlan(plan)), inParts(content, 77_777));
    const [one, two] = [await collectBytes(first.object), await collectBytes(again.object)];
    expect(one.length).toBe(plan.objectLen);
    expect(objectLayout(plan.payloadLen, plan.thumbnail.length).paddingLen).toBeGreaterThan(0);
    expect(Buffer.compare(one, two)).toBe(0);
    expect(again.entry()).toEqual(first.entry());
  });

  it("pads with bytes that do not repeat between plans and look like any other ciphertext", async () => {
    const [one, two] = await Promise.all(
      [0, 1].map(async () => {
        const plan = await aPlan(sliceLength);
        const object = await collectBytes(sealObject(plan, inParts(new Uint8Array(sliceLength), 65_536)).object);
        return object.subarray(objectLayout(plan.payloadLen).paddingOffset);
      }),
    );
    if (one === undefined || two === undefined) throw new Error("two objects");
    expect(Buffer.compare(one, two)).not.toBe(0);
    const ones = one.reduce((sum, byte) => sum + [...byte.toString(2)].filter((bit) => bit === "1").length, 0);
    expect(Math.abs(ones / (8 * one.length) - 0.5)).toBeLessThan(0.02);
  });

  it("survives being kept, and is refused in any other form", async () => {
    const plan = await aPlan(5, { thumbnail: someBytes(10) });
    const kept = encodePlan(plan);
    expect(decodePlan(kept)).toEqual(plan);
    const text = new TextDecoder().decode(kept);
    for (const wrong of [text.replace('"size":5', '"size":-5'), text.slice(0, -1), text.replace('"size"', '"sise"')]) {
      expect(() => decodePlan(new TextEncoder().encode(wrong))).toThrow(MalformedError);
    }
  });

  it("is fresh each time, and its header opens for its recipients alone", async () => {
    const identity = await generateIdentity();
    const [one, two] = [await aPlan(5, { identity }), await aPlan(5, { identity })];
    expect(one.fileKey).not.toEqual(two.fileKey);
    expect(one.nonce).not.toEqual(two.nonce);
    expect(await openHeader(one.header, [identity])).toEqual(one.fileKey);
    expect(await openHeader(one.header, [await generateIdentity()])).toBe(null);
  });
});

describe("a document's thumbnail", () => {
  const image = someBytes(4000);

  it("opens without a byte of the payload being fetched", async () => {
    const document = await aSealedDocument(someBytes(200_000), { thumbnail: image });
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const asked: (readonly [number, number])[] = [];
    const shown = await openDocumentThumbnail(opened, document.entry, rangesOf(document.object, asked));
    expect(Buffer.compare(shown ?? new Uint8Array(0), image)).toBe(0);
    const { thumbnailOffset, paddingOffset } = objectLayout(document.entry.payloadLen, opened.metadata.thumbnailLen);
    expect(asked).toEqual([[thumbnailOffset, paddingOffset]]);
  });

  it("is nothing where there is none", async () => {
    const document = await aSealedDocument(someBytes(10));
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    expect(await openDocumentThumbnail(opened, document.entry, rangesOf(document.object))).toBe(null);
  });

  it("is refused where a byte of it was changed, cut or added, or it is another version's", async () => {
    const document = await aSealedDocument(someBytes(100), { thumbnail: image });
    const other = await aSealedDocument(someBytes(100), { thumbnail: image, identity: document.identity });
    const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
    const { thumbnailOffset, paddingOffset } = objectLayout(document.entry.payloadLen, opened.metadata.thumbnailLen);
    const changed = new Uint8Array(document.object);
    changed[thumbnailOffset + 100] = (changed[thumbnailOffset + 100] ?? 0) ^ 1;
    const honest = rangesOf(document.object);
    const { docId, verId } = document.entry;
    const forged = new Uint8Array(document.object);
    forged.set(sealThumbnail(opened.fileKey, { account: anAccount, docId, verId }, someBytes(4000)), thumbnailOffset);
    async function* withOneMore() {
      yield document.object.subarray(thumbnailOffset, paddingOffset);
      yield new Uint8Array(1);
    }
    for (const fetchRange of [
      // By somebody who may open the document, under its very file key.
      rangesOf(forged),
      () => Promise.resolve(withOneMore()),
      rangesOf(changed),
      rangesOf(other.object),
      (from: number, to: number) => honest(from, to - 1),
      (from: number, to: number) => honest(from, to + 1),
    ]) {
      await expect(openDocumentThumbnail(opened, document.entry, fetchRange)).rejects.toThrow(DecryptionError);
    }
  });
});
