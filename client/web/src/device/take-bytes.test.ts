import { describe, expect, it } from "vitest";
import { takeBytes } from "./take-bytes.ts";

function streamOf(parts: number[][], onCancel: () => void = () => {}): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream(
    {
      pull(controller) {
        const part = left.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(Uint8Array.from(part));
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  );
}

describe("the beginning of a stream", () => {
  it("is as long as asked, and the rest is let go", async () => {
    let cancelled = false;
    const stream = streamOf([[1, 2, 3], [4, 5, 6], [7]], () => (cancelled = true));
    expect([...(await takeBytes(stream, 4))]).toEqual([1, 2, 3, 4]);
    expect(cancelled).toBe(true);
  });

  it("is all of a shorter stream", async () => expect([...(await takeBytes(streamOf([[1], [2]]), 9))]).toEqual([1, 2]));
});
