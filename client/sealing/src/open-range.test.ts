import { MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { objectLayout, sliceLength } from "@afterkeep/merkle";
import { describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { openDocumentHeader } from "./open-document.ts";
import { openRange } from "./open-range.ts";
import { anAccount, aSealedDocument, rangesOf, someBytes } from "./testing/a-sealed-document.ts";

const content = someBytes(3 * sliceLength + 1234);
const document = await aSealedDocument(content);
const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
const { leavesOffset, leavesLen } = objectLayout(document.entry.payloadLen);

const read = (from: number, to: number, object: Uint8Array = document.object, asked?: [number, number][]) =>
  collectBytes(openRange(opened, document.entry, rangesOf(object, asked), from, to));

const flipped = (at: number) => {
  const copy = new Uint8Array(document.object);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

describe("a range of a document", () => {
  it.each([
    [0, 0],
    [0, 1],
    [65_535, 65_537],
    [sliceLength - 100, sliceLength + 100],
    [2 * sliceLength, 2 * sliceLength + 200_000],
    [content.length - 1, content.length],
    [content.length - 100_000, content.length],
    [0, content.length],
  ])("from %i to %i is what was sealed there", async (from, to) => {
    expect(Buffer.compare(await read(from, to), content.subarray(from, to))).toBe(0);
  });

  it("is read without the slices that it does not touch", async () => {
    const asked: [number, number][] = [];
    await read(2 * sliceLength + 100_000, 2 * sliceLength + 100_010, document.object, asked);
    expect(asked).toEqual([
      [leavesOffset, leavesOffset + leavesLen],
      [0, 16],
      [2 * sliceLength, 3 * sliceLength],
    ]);
  });

  it("may not begin before the document, end behind it, or run backwards", async () => {
    for (const [from, to] of [
      [-1, 1],
      [0, content.length + 1],
      [2, 1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      await expect(read(from, to)).rejects.toThrow(MalformedError);
    }
  });
});

describe("a hostile store", () => {
  const [from, to] = [sliceLength + 100_000, sliceLength + 100_010];

  it("cannot change a byte of the slice that a range lies in, even outside the range", async () => {
    for (const at of [sliceLength, sliceLength + 5, 2 * sliceLength - 1]) {
      await expect(read(from, to, flipped(at))).rejects.toThrow(DecryptionError);
    }
  });

  it("cannot change the leaf list or the nonce", async () => {
    for (const at of [leavesOffset, leavesOffset + leavesLen - 1, 0, 15]) {
      await expect(read(from, to, flipped(at))).rejects.toThrow(DecryptionError);
    }
  });

  it("cannot answer another slice, a shorter or a longer one", async () => {
    const honest = rangesOf(document.object);
    const isSlice = (at: number) => at === sliceLength;
    for (const answer of [
      (a: number, b: number) => honest(isSlice(a) ? 2 * sliceLength : a, isSlice(a) ? 3 * sliceLength : b),
      (a: number, b: number) => honest(a, isSlice(a) ? b - 1 : b),
      (a: number, b: number) => honest(a, isSlice(a) ? b + 1 : b),
    ]) {
      const reading = collectBytes(openRange(opened, document.entry, answer, from, to));
      await expect(reading).rejects.toThrow(DecryptionError);
    }
  });

  it("cannot use another signed document's bytes, however whole they are", async () => {
    const other = await aSealedDocument(content, { identity: document.identity });
    await expect(read(from, to, other.object)).rejects.toThrow(DecryptionError);
  });
});
