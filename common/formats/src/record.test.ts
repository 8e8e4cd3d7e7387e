import { encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { type DocumentRecord, encodeRecord, parseRecord, recordLimits } from "./record.ts";
import { recordTemplateNames, recordTemplates } from "./record-templates.ts";

const login: DocumentRecord = {
  template: "login",
  fields: [
    { name: "Password", kind: "secret", value: "correct horse" },
    { name: "", kind: "multiline", value: "a\nb" },
  ],
  note: "Mother's maiden name: …",
};

function parse(value: unknown): DocumentRecord {
  return parseRecord(encodeUtf8(JSON.stringify(value)));
}

describe("a record", () => {
  it("comes back as it was sealed, and is plain JSON to everybody else", () => {
    expect(parseRecord(encodeRecord(login))).toEqual(login);
    expect(JSON.parse(new TextDecoder().decode(encodeRecord(login)))).toEqual(login);
  });

  it.each(recordTemplateNames)("can be made from the template %s", (template) => {
    const fields = recordTemplates[template].map((field) => ({ ...field, value: "" }));
    expect(parse({ template, fields, note: "" }).fields).toEqual(fields);
  });

  it.each([
    ["another template", { ...login, template: "toString" }],
    ["an unknown name", { ...login, extra: "" }],
    ["a missing name", { template: "login", fields: [] }],
    ["a field of an unknown kind", { ...login, fields: [{ name: "", kind: "html", value: "" }] }],
    ["a field with an unknown name", { ...login, fields: [{ name: "", kind: "text", value: "", href: "" }] }],
    ["a value that is no text", { ...login, fields: [{ name: "", kind: "text", value: 7 }] }],
    ["fields that are no list", { ...login, fields: {} }],
    ["a note that is not well-formed", { ...login, note: "\ud800" }],
    ["a list", [login]],
    ["null", null],
    ["too many fields", { ...login, fields: Array(recordLimits.fields + 1).fill(login.fields[0]) }],
    ["too long a name", { ...login, fields: [{ name: "é".repeat(513), kind: "text", value: "" }] }],
    ["too long a value", { ...login, fields: [{ name: "", kind: "text", value: "x".repeat(recordLimits.value + 1) }] }],
    ["too long a note", { ...login, note: "x".repeat(recordLimits.note + 1) }],
  ])("is refused with %s", (_what, value) => {
    expect(() => parse(value)).toThrow(MalformedError);
  });

  it("is refused where it is no JSON, no UTF-8 or too large as a whole", () => {
    expect(() => parseRecord(encodeUtf8("{"))).toThrow(MalformedError);
    expect(() => parseRecord(new Uint8Array([0xff]))).toThrow(MalformedError);
    expect(() => parseRecord(new Uint8Array(recordLimits.record + 1).fill(32))).toThrow(MalformedError);
    expect(() => encodeRecord({ ...login, note: "x".repeat(recordLimits.note + 1) })).toThrow(MalformedError);
  });

  it("is refused with a name from an object's prototype, and sets none", () => {
    const text = '{"template":"login","fields":[{"name":"","kind":"text","__proto__":"x"}],"note":""}';
    expect(() => parseRecord(encodeUtf8(text))).toThrow(MalformedError);
  });
});
