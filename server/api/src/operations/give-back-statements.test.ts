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

  it("is something also where one number fills it", () => {
    expect(lengths(fitting([kept(10, 1), kept(20, 1), kept(30, 1)], 158))).toEqual([10, 20]);
  });
});
