import { describe, expect, it } from "vitest";
import { fitting } from "./give-back-statements.ts";

const kept = (length: number, receipt_counter: number, receipt_epoch = 1) => ({
  jws: "s".repeat(length),
  receipt: "",
  receipt_epoch,
  receipt_counter,
});
const lengths = (page: readonly { jws: string }[]) => page.map(({ jws }) => jws.length);

describe("what fits into one import", () => {
  it("is all of a page that is small enough", () => {
    expect(lengths(fitting([kept(10, 1), kept(20, 2)], 158))).toEqual([10, 20]);
  });

  it("ends before the one with which it is too large", () => {
    expect(lengths(fitting([kept(10, 1), kept(20, 2), kept(30, 3)], 158))).toEqual([10, 20]);
    expect(lengths(fitting([kept(10, 1), kept(20, 2)], 157))).toEqual([10]);
  });

  it("never ends between two receipts of one number", () => {
    expect(lengths(fitting([kept(10, 1), kept(20, 2), kept(30, 2)], 158))).toEqual([10]);
    expect(lengths(fitting([kept(10, 1), kept(20, 2), kept(30, 2, 2)], 158))).toEqual([10, 20]);
  });

  it("is never more than an import takes, also where a page is longer because its last ones have one number", () => {
    expect(lengths(fitting([kept(10, 1), kept(20, 2), kept(30, 3)], 1000, 2))).toEqual([10, 20]);
    expect(lengths(fitting([kept(10, 1), kept(20, 2), kept(30, 2)], 1000, 2))).toEqual([10]);
    const many = Array.from({ length: 101 }, (_, at) => kept(10, Math.min(at, 99)));
    expect([fitting(many).length, fitting(many.slice(99)).length]).toEqual([99, 2]);
    expect(fitting(many.slice(0, 100)).length).toBe(100);
  });

  it("is something also where one number fills it", () => {
    expect(lengths(fitting([kept(10, 1), kept(20, 1), kept(30, 1)], 158))).toEqual([10, 20]);
    expect(lengths(fitting([kept(10, 1), kept(20, 1), kept(30, 1)], 1000, 2))).toEqual([10, 20]);
  });
});
