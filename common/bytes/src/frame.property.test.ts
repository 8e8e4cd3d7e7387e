import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "./concat.ts";
import { lp, readU32be, u32be } from "./frame.ts";
import { encodeHex } from "./hex.ts";
import { MalformedError } from "./malformed.ts";

describe("framing", () => {
  it("writes integers big-endian in four bytes", () => {
    expect(encodeHex(u32be(0x0102_03ff))).toBe("010203ff");
    fc.assert(fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (n) => readU32be(u32be(n)) === n));
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d as an integer", (n) => {
    expect(() => u32be(n)).toThrow(MalformedError);
  });

  it("refuses to read past the end", () => {
    expect(() => readU32be(new Uint8Array(5), 2)).toThrow(MalformedError);
  });

  it("never makes one byte string of two different field lists", () => {
    const fields = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const same = (list: Uint8Array[]) => encodeHex(concatBytes(...list.map(lp)));
        const isEqualList =
          a.length === b.length && a.every((field, i) => encodeHex(field) === encodeHex(b[i] ?? field));
        expect(same(a) === same(b)).toBe(isEqualList);
      }),
    );
  });
});
