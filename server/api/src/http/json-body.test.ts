import { describe, expect, it } from "vitest";
import { parseJsonBody } from "./json-body.ts";

const codeOf = (bytes: Buffer): string => {
  try {
    parseJsonBody(bytes);
    return "";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "?";
  }
};

describe("a request's JSON", () => {
  it("is read as it is, and absent when there is none", () => {
    expect(parseJsonBody(Buffer.from('{"name":"Ada Ö 🌱","n":[1,{"a":true}]}'))).toEqual({
      name: "Ada Ö 🌱",
      n: [1, { a: true }],
    });
    expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined();
  });

  it("must be UTF-8 in every byte: nothing is replaced by a mark and then believed", () => {
    for (const bytes of [[0xff], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]])
      expect(codeOf(Buffer.concat([Buffer.from('{"name":"'), Buffer.from(bytes), Buffer.from('"}')]))).toBe(
        "encoding-broken",
      );
    expect(codeOf(Buffer.from('{"name":"Ada"}', "utf16le"))).toBe("json-broken");
    expect(codeOf(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("{}")]))).toBe("json-broken");
  });

  it("holds no half of a character and no key that reaches a prototype, at any depth", () => {
    for (const text of [
      '{"a":"\\ud800"}',
      '{"a":["\\udc00x"]}',
      '{"__proto__":{}}',
      '{"a":[{"__proto__":1}]}',
      '{"a":1',
      "",
      " ",
      "NaN",
      "{'a':1}",
    ])
      expect([text, codeOf(Buffer.from(text))]).toEqual([text, text === "" ? "" : "json-broken"]);
  });
});
