import { describe, expect, it } from "vitest";
import { equalBytes } from "./equal.ts";
import { decodeHex, encodeHex } from "./hex.ts";
import { MalformedError } from "./malformed.ts";
import { randomBytes } from "./random.ts";
import { asciiBytes, decodeUtf8, encodeUtf8 } from "./utf8.ts";

describe("text", () => {
  it("keeps any well-formed text, a byte order mark included", () => {
    for (const text of ["", "naïve 東京 🗝", "\ufeffmark"]) expect(decodeUtf8(encodeUtf8(text))).toBe(text);
  });

  it("refuses a lone surrogate instead of replacing it", () => {
    expect(() => encodeUtf8("a\ud800")).toThrow(MalformedError);
  });

  it.each(["ff", "c0af", "eda080", "f8888080", "c3"])("refuses the invalid sequence %s", (hex) => {
    expect(() => decodeUtf8(decodeHex(hex))).toThrow(MalformedError);
  });

  it.each(["é", "tab\t", "line\n", "\u007f"])("refuses %j as ASCII", (text) => {
    expect(() => asciiBytes(text)).toThrow(MalformedError);
  });
});

describe("hexadecimal", () => {
  it("is lower case and of even length", () => {
    expect(encodeHex(decodeHex("00ff10"))).toBe("00ff10");
    for (const text of ["0", "0F", "0g", " 0"]) expect(() => decodeHex(text)).toThrow(MalformedError);
  });
});

describe("comparison", () => {
  it("tells equal from different in content and length", () => {
    expect(equalBytes(decodeHex("0102"), decodeHex("0102"))).toBe(true);
    for (const other of ["0103", "0202", "01", "010200", ""])
      expect(equalBytes(decodeHex("0102"), decodeHex(other))).toBe(false);
  });
});

describe("the platform's randomness", () => {
  it("fills more than one call of the platform gives", () => {
    const bytes = randomBytes(200_000);
    expect(bytes.subarray(199_000).some((byte) => byte !== 0)).toBe(true);
  });
});
