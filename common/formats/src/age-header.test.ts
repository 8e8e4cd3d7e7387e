import { describe, expect, it } from "vitest";
import { concatBytes, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { encodeHeader, isHeaderOfFileKey, maxHeaderLength, parseHeader } from "./age-header.ts";

const fileKey = new Uint8Array(16).fill(7);
const mac = "A".repeat(43);
/** A header text with the given stanza lines and a MAC that nobody checks here. */
const withLines = (...lines: string[]) => encodeUtf8(["age-encryption.org/v1", ...lines, `--- ${mac}`, ""].join("\n"));

describe("age header text", () => {
  it.each([0, 1, 32, 47, 48, 49, 96, 1000])("brings a stanza body of %d bytes back", (length) => {
    const stanza = { args: ["example.com/type", "x", "~!"], body: new Uint8Array(length).fill(9) };
    const header = encodeHeader([stanza, stanza], fileKey);
    const parsed = parseHeader(concatBytes(header, encodeUtf8("payload\n--- x\n")));
    expect(parsed.stanzas).toEqual([stanza, stanza]);
    expect(parsed.length).toBe(header.length);
    expect(isHeaderOfFileKey(parsed, fileKey)).toBe(true);
    expect(isHeaderOfFileKey(parsed, new Uint8Array(16))).toBe(false);
  });

  it.each([
    ["another version", encodeUtf8(`age-encryption.org/v2\n-> a\n\n--- ${mac}\n`)],
    ["no stanza", withLines()],
    ["an empty argument", withLines("-> a  b", "")],
    ["a trailing space", withLines("-> a ", "")],
    ["no argument", withLines("-> ", "")],
    ["a tab", withLines("-> a\tb", "")],
    ["a character beyond ASCII", withLines("-> é", "")],
    ["carriage returns", encodeUtf8(`age-encryption.org/v1\r\n-> a\r\n\r\n--- ${mac}\r\n`)],
    ["a body without its short last line", withLines("-> a", "A".repeat(64))],
    ["a body line too long", withLines("-> a", "A".repeat(68), "")],
    ["a short line inside the body", withLines("-> a", "AAAA", "AAAA")],
    ["padding in the body", withLines("-> a", "AA==")],
    ["stray bits in the body", withLines("-> a", "AB")],
    ["url characters in the body", withLines("-> a", "_-__")],
    ["a line that is no stanza", withLines("-> a", "", "x")],
    ["a short MAC", encodeUtf8(`age-encryption.org/v1\n-> a\n\n--- AAAA\n`)],
    ["a MAC without its space", encodeUtf8(`age-encryption.org/v1\n-> a\n\n---${mac}\n`)],
    ["a MAC with stray bits", encodeUtf8(`age-encryption.org/v1\n-> a\n\n--- ${mac.slice(1)}B\n`)],
    ["no MAC", encodeUtf8("age-encryption.org/v1\n-> a\n\n")],
    ["no last line feed", encodeUtf8(`age-encryption.org/v1\n-> a\n\n--- ${mac}`)],
    [
      "more bytes than any header",
      concatBytes(withLines("-> a"), new Uint8Array(0), encodeUtf8("A".repeat(maxHeaderLength))),
    ],
    ["nothing", new Uint8Array(0)],
  ])("is refused with %s", (_, bytes) => {
    expect(() => parseHeader(bytes)).toThrow(MalformedError);
  });

  it("is not written with arguments that could not be read back", () => {
    for (const args of [[], [""], ["a b"], ["a\nb"], ["é"]]) {
      expect(() => encodeHeader([{ args, body: new Uint8Array(0) }], fileKey)).toThrow(MalformedError);
    }
  });
});
