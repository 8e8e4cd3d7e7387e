import { sliceLength } from "@afterkeep/merkle";
import { describe, expect, it } from "vitest";
import { collectBytes } from "./bytes-source.ts";
import { aSealedDocument, rangesOf, someBytes } from "./testing/a-sealed-document.ts";
import { verifiedPayload } from "./verified-slices.ts";

describe("verified slices", () => {
  const content = someBytes(7 * sliceLength);

  it("are the consumer's to keep", async () => {
    const { object, entry } = await aSealedDocument(content);
    const payload = await collectBytes(verifiedPayload(entry, rangesOf(object)));
    expect(Buffer.compare(payload, object.subarray(0, entry.payloadLen))).toBe(0);
  });

  it("that are lent lie in the memory of a few, and are right until the next is asked for", async () => {
    const { object, entry } = await aSealedDocument(content);
    const memories = new Set<ArrayBufferLike>();
    let at = 0;
    for await (const slice of verifiedPayload(entry, rangesOf(object), { isLent: true })) {
      memories.add(slice.buffer);
      expect(Buffer.compare(slice, object.subarray(at, at + slice.length))).toBe(0);
      at += slice.length;
    }
    expect(at).toBe(entry.payloadLen);
    expect(memories.size).toBeLessThan(5);
  });
});
