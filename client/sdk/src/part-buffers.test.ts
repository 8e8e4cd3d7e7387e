import { describe, expect, it } from "vitest";
import { PartBuffers } from "./part-buffers.ts";

const never = new AbortController().signal;

describe("memory for parts", () => {
  it("is a few buffers that go round, however many parts are taken", async () => {
    const buffers = new PartBuffers(1000);
    const seen = new Set<ArrayBufferLike>();
    let held = 0;
    let most = 0;
    const lane = async () => {
      for (let i = 0; i < 50; i++) {
        const part = await buffers.take(900, never);
        most = Math.max(most, ++held);
        seen.add(part.bytes.buffer);
        await Promise.resolve();
        held--;
        part.release();
        part.release();
      }
    };
    await Promise.all(Array.from({ length: 9 }, lane));
    expect([most, seen.size]).toEqual([4, 4]);
  });

  it("is as small as a small part needs", async () => {
    const part = await new PartBuffers(1_000_000).take(10, never);
    expect([part.bytes.length, part.bytes.buffer.byteLength]).toEqual([10, 10]);
  });

  it("is not waited for any more by somebody who was stopped, and goes to the next", async () => {
    const buffers = new PartBuffers(100);
    const held = await Promise.all([1, 2, 3, 4].map(() => buffers.take(100, never)));
    const stop = new AbortController();
    const stopped = buffers.take(100, stop.signal);
    const next = buffers.take(100, never);
    stop.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
    held[0]?.release();
    expect((await next).bytes.length).toBe(100);
    await expect(buffers.take(100, stop.signal)).rejects.toThrow("enough");
  });
});
