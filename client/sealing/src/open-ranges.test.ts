import { MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { objectLayout, sliceLength } from "@afterkeep/merkle";
import { describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { openDocumentHeader } from "./open-document.ts";
import { openRanges } from "./open-ranges.ts";
import type { FetchRange } from "./verified-slices.ts";
import { anAccount, aSealedDocument, rangesOf, someBytes } from "./testing/a-sealed-document.ts";

const content = someBytes(3 * sliceLength + 1234);
const document = await aSealedDocument(content);
const opened = await openDocumentHeader(anAccount, document.stored, document.entry, document.identity);
const { leavesOffset, leavesLen } = objectLayout(document.entry.payloadLen);

const read = (from: number, to: number, object: Uint8Array = document.object, asked?: [number, number][]) =>
  collectBytes(openRanges(opened, document.entry, () => rangesOf(object, asked))(from, to));

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

describe("ranges that are read one after another", () => {
  const inPieces = async (object: Uint8Array, asked: [number, number][], piece: number) => {
    const read = openRanges(opened, document.entry, () => rangesOf(object, asked));
    const parts: Uint8Array[] = [];
    for (let at = 0; at < content.length; at += piece)
      parts.push(await collectBytes(read(at, Math.min(at + piece, content.length))));
    return Buffer.concat(parts);
  };

  it.each([sliceLength, 300_001])("of %i bytes fetch every byte of the payload once", async (piece) => {
    const asked: [number, number][] = [];
    expect(Buffer.compare(await inPieces(document.object, asked, piece), content)).toBe(0);
    const [leaves, nonce, ...slices] = asked;
    expect([leaves, nonce]).toEqual([
      [leavesOffset, leavesOffset + leavesLen],
      [0, 16],
    ]);
    expect(slices.map(([at]) => at)).toEqual([0, ...slices.slice(0, -1).map(([, end]) => end)]);
    expect([slices.length > 2, slices.at(-1)?.[1]]).toEqual([true, document.entry.payloadLen]);
  });

  it("read at the same time share the leaf list, and one that is given up takes nothing from the other", async () => {
    const asked: [number, number][] = [];
    const read = openRanges(opened, document.entry, () => rangesOf(document.object, asked));
    const stop = new AbortController();
    const given = collectBytes(read(0, 100, { signal: stop.signal }));
    stop.abort();
    const [first, second] = await Promise.allSettled([given, collectBytes(read(5, 10))]);
    expect(first.status).toBe("rejected");
    expect(second).toEqual({ status: "fulfilled", value: new Uint8Array(content.subarray(5, 10)) });
    expect(asked.filter(([at]) => at === leavesOffset).length).toBe(1);
  });

  it("go on after a line that broke, and do not believe what a store changes later", async () => {
    let answer = (): FetchRange => () => Promise.reject(new Error("no line"));
    const read = openRanges(opened, document.entry, () => answer());
    await expect(collectBytes(read(0, 10))).rejects.toThrow("no line");
    answer = () => rangesOf(document.object);
    expect(await collectBytes(read(0, 10))).toEqual(new Uint8Array(content.subarray(0, 10)));
    answer = () => rangesOf(flipped(2 * sliceLength + 5));
    await expect(collectBytes(read(2 * sliceLength, 2 * sliceLength + 10))).rejects.toThrow(DecryptionError);
    answer = () => rangesOf(document.object);
    const there = content.subarray(2 * sliceLength, 2 * sliceLength + 10);
    expect(await collectBytes(read(2 * sliceLength, 2 * sliceLength + 10))).toEqual(new Uint8Array(there));
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
      const reading = collectBytes(openRanges(opened, document.entry, () => answer)(from, to));
      await expect(reading).rejects.toThrow(DecryptionError);
    }
  });

  it("cannot use another signed document's bytes, however whole they are", async () => {
    const other = await aSealedDocument(content, { identity: document.identity });
    await expect(read(from, to, other.object)).rejects.toThrow(DecryptionError);
  });
});
