import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { decodeBase64url, decodeBase64urlExact, encodeBase64url } from "./base64url.ts";
import { copyBytes } from "./concat.ts";
import { MalformedError } from "./malformed.ts";

const anyBytes = fc.uint8Array({ maxLength: 100 }).map(copyBytes);

describe("base64url", () => {
  it("writes what Node writes, and reads it back", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = encodeBase64url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64url"));
        expect(decodeBase64url(text)).toEqual(bytes);
      }),
    );
  });

  it("accepts exactly one spelling: any text that reads is written again in the same characters", () => {
    const nearby = fc.string({ unit: fc.constantFrom(...Array.from("ABgwz019-_+/= \n")), maxLength: 12 });
    fc.assert(
      fc.property(nearby, (text) => {
        let bytes;
        try {
          bytes = decodeBase64url(text);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
          return;
        }
        expect(encodeBase64url(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["A", "AAAAA", "AB", "AAB", "AA==", "AA A", "AA\n", "A+/A", "ÄÄÄÄ", "AA\u0000A"])("refuses %j", (text) => {
    expect(() => decodeBase64url(text)).toThrow(MalformedError);
  });

  it("refuses another length where a length is fixed", () => {
    expect(decodeBase64urlExact("AAAA", 3)).toHaveLength(3);
    expect(() => decodeBase64urlExact("AAAA", 4)).toThrow("not a valid base64url");
  });
});

describe("standard base64", () => {
  it("writes and reads both forms as Node writes them", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const padded = encodeBase64(bytes, "padded");
        expect(padded).toBe(Buffer.from(bytes).toString("base64"));
        expect(decodeBase64(padded, "padded")).toEqual(bytes);
        expect(decodeBase64(encodeBase64(bytes, "unpadded"), "unpadded")).toEqual(bytes);
      }),
    );
  });

  it.each(["AA", "AA=", "AA===", "AAA==", "AB==", "=", "AAAA="])("refuses %j where padding is needed", (text) => {
    expect(() => decodeBase64(text, "padded")).toThrow(MalformedError);
  });

  it("refuses padding where there is none", () => {
    expect(() => decodeBase64("AA==", "unpadded")).toThrow(MalformedError);
  });
});
