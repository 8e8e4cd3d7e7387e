import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { decodeJcs, decodeJcsObject, encodeJcs, type JcsValue } from "./jcs.ts";

const limit = 100_000;
const key = fc.string({ unit: "grapheme", maxLength: 6 }).filter((name) => name !== "__proto__");
const anyValue: fc.Arbitrary<JcsValue> = fc.letrec<{ value: JcsValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 6 },
    fc.string({ unit: "grapheme" }),
    fc.maxSafeNat(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe("canonical JSON", () => {
  it("reads back every value of the profile", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeJcs(encodeJcs(value), limit)).toEqual(value);
      }),
    );
  });

  it("writes the same bytes whatever the order of fields", () => {
    expect(encodeJcs({ b: 1, a: { d: "", c: [] } })).toEqual(encodeUtf8('{"a":{"c":[],"d":""},"b":1}'));
    expect(encodeJcs({ a: { c: [], d: "" }, b: 1 })).toEqual(encodeJcs({ b: 1, a: { d: "", c: [] } }));
  });

  it("sorts names by UTF-16 code units, as RFC 8785 §3.2.3 shows", () => {
    const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"];
    const text = new TextDecoder().decode(encodeJcs(Object.fromEntries(names.map((name) => [name, 0]))));
    expect(Object.keys(JSON.parse(text)).filter((name) => name !== "1")).toEqual(sorted.filter((name) => name !== "1"));
    expect(text.indexOf('"1"')).toBeLessThan(text.indexOf("\u0080"));
  });

  it("writes the escapes of RFC 8785 §3.2.2.2", () => {
    expect(encodeJcs('\u20ac$\u000f\nA\'B"\\\\"/')).toEqual(encodeUtf8('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'));
  });

  it.each([
    ["null", null],
    ["undefined", undefined],
    ["a fraction", 0.5],
    ["a negative number", -1],
    ["negative zero", -0],
    ["an unsafe integer", 2 ** 53],
    ["not a number", Number.NaN],
    ["a big integer", 1n],
    ["a field that is undefined", { a: undefined }],
    ["a hole in a list", [1, , 2]], // oxlint-disable-line no-sparse-arrays
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate as a name", { "\udfff": 1 }],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["bytes", new Uint8Array(1)],
    ["a __proto__ field", JSON.parse('{"__proto__":1}')],
    ["nine levels", [[[[[[[[[]]]]]]]]]],
    ["a symbol", Symbol("s")],
  ])("does not write %s", (_, value) => {
    expect(() => encodeJcs(value as JcsValue)).toThrow(MalformedError);
  });

  it.each([
    ["two equal names", '{"a":1,"a":1}'],
    ["two equal names, escaped", '{"a":1,"\\u0061":1}'],
    ["unsorted names", '{"b":1,"a":1}'],
    ["a space", '{"a": 1}'],
    ["a line break at the end", '{"a":1}\n'],
    ["an exponent", "1e2"],
    ["a decimal point", "1.0"],
    ["a leading zero", "01"],
    ["negative zero", "-0"],
    ["null", "null"],
    ["a number that loses digits", "9007199254740993"],
    ["an unneeded escape", '"\\u0041"'],
    ["an escaped slash", '"\\/"'],
    ["upper-case hexadecimal", '"\\u000F"'],
    ["a lone surrogate, escaped", '"\\ud800"'],
    ["a byte order mark", "\ufeff{}"],
    ["a second value", "{}{}"],
    ["nothing", ""],
    ["__proto__", '{"__proto__":{}}'],
    ["a comment", "{}//"],
  ])("does not read %s", (_, text) => {
    expect(() => decodeJcs(encodeUtf8(text), limit)).toThrow(MalformedError);
  });

  it("does not read invalid UTF-8, more than the limit, or nesting that would exhaust the stack", () => {
    expect(() => decodeJcs(Uint8Array.of(0x22, 0xff, 0x22), limit)).toThrow(MalformedError);
    expect(() => decodeJcs(encodeUtf8('"aaaa"'), 5)).toThrow(MalformedError);
    const deep = encodeUtf8("[".repeat(50_000) + "]".repeat(50_000));
    expect(() => decodeJcs(deep, limit)).toThrow(MalformedError);
  });

  it("reads an object only where one is asked for", () => {
    expect(decodeJcsObject(encodeUtf8("{}"), 10)).toEqual({});
    expect(() => decodeJcsObject(encodeUtf8("[]"), 10)).toThrow(MalformedError);
    expect(() => decodeJcsObject(encodeUtf8('""'), 10)).toThrow(MalformedError);
  });

  it("accepts no second spelling: whatever reads is written again in the same bytes", () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('{}[]":,01ae \\u')), maxLength: 14 });
    fc.assert(
      fc.property(text, (candidate) => {
        try {
          expect(encodeJcs(decodeJcs(encodeUtf8(candidate), limit))).toEqual(encodeUtf8(candidate));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
