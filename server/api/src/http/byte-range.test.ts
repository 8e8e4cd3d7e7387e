import { describe, expect, it } from "vitest";
import { byteRangeOf } from "./byte-range.ts";

const length = 100;

describe("a byte range", () => {
  it("is the whole object when none, an unreadable, a reversed or more than one is asked for", () => {
    for (const header of [
      undefined,
      "",
      "bytes=",
      "bytes=-",
      "bytes=a-b",
      "bytes=0-1,3-4",
      "items=0-1",
      "bytes=9-3",
      "bytes=1-2 ",
    ])
      expect([header, byteRangeOf(header, length)]).toEqual([header, { start: 0, end: 99, isPartial: false }]);
  });

  it("is inclusive at both ends and cut at the end of the object", () => {
    const asked: [string, number, number][] = [
      ["bytes=0-0", 0, 0],
      ["bytes=5-", 5, 99],
      ["bytes=5-1000", 5, 99],
      ["bytes=-1", 99, 99],
      ["bytes=-1000", 0, 99],
      ["bytes=99-99", 99, 99],
    ];
    for (const [header, start, end] of asked)
      expect(byteRangeOf(header, length)).toEqual({ start, end, isPartial: true });
  });

  it("outside the object is refused with the object's length", () => {
    for (const header of ["bytes=100-", "bytes=100-200", "bytes=-0"])
      expect(() => byteRangeOf(header, length)).toThrow(
        expect.objectContaining({ status: 416, headers: { "content-range": "bytes */100" } }),
      );
  });
});
