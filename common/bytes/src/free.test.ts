import { describe, expect, it } from "vitest";
import { freeBytes } from "./free.ts";

describe("bytes that are freed", () => {
  it("are empty afterwards where they are all of their memory", () => {
    const bytes = new Uint8Array(65_552);
    freeBytes(bytes);
    expect([bytes.length, bytes.buffer.detached]).toEqual([0, true]);
    freeBytes(bytes);
  });

  it.each([
    ["a view of something larger", new Uint8Array(new ArrayBuffer(65_552), 0, 65_536)],
    ["small, and perhaps cut from memory that is shared out", new Uint8Array(16)],
    ["memory that threads share", new Uint8Array(new SharedArrayBuffer(65_536))],
  ])("stay as they are where they are %s", (_what, bytes) => {
    const { length } = bytes.fill(7);
    freeBytes(bytes);
    expect([bytes.length, bytes[length - 1]]).toEqual([length, 7]);
  });
});
