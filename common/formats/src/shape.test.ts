import { describe, expect, it } from "vitest";
import { encodeUtf8, MalformedError, parseId } from "@afterkeep/bytes";
import {
  bytesField,
  countField,
  idField,
  jcsCodec,
  listField,
  objectField,
  optionalBytesField,
  textField,
} from "./shape.ts";

const id = parseId("AAECAwQFBgcICQoLDA0ODw");
const codec = jcsCodec(
  objectField({
    id: idField,
    key: bytesField(3),
    prev: optionalBytesField(3),
    n: countField(10),
    text: textField(4),
    list: listField(countField(), 2),
  }),
  200,
);
const record = { id, key: Uint8Array.of(1, 2, 3), prev: null, n: 10, text: "é€"[0] ?? "", list: [1, 2] };
const text = `{"id":"${id}","key":"AQID","list":[1,2],"n":10,"prev":"","text":"é"}`;

describe("records", () => {
  it("are written with exactly their fields and read back", () => {
    expect(new TextDecoder().decode(codec.encode(record))).toBe(text);
    expect(codec.decode(encodeUtf8(text))).toEqual(record);
    expect(codec.decode(codec.encode({ ...record, prev: Uint8Array.of(4, 5, 6) })).prev).toEqual(
      Uint8Array.of(4, 5, 6),
    );
  });

  it.each([
    ["an unknown field", text.replace('"n":10', '"m":0,"n":10')],
    ["a missing field", text.replace('"n":10,', "")],
    ["a renamed field", text.replace('"n":10', '"o":10')],
    ["a shorter key", text.replace("AQID", "AQI")],
    ["a padded key", text.replace("AQID", "AQID====")],
    ["a non-canonical id", text.replace("ODw", "ODx")],
    ["a number too large", text.replace('"n":10', '"n":11')],
    ["a number as text", text.replace('"n":10', '"n":"10"')],
    ["text too long in UTF-8", text.replace("é", "ééé")],
    ["a list too long", text.replace("[1,2]", "[1,2,3]")],
    ["an object as a list", text.replace("[1,2]", "{}")],
    ["a boolean as text", text.replace('"é"', "true")],
    ["a list instead of the record", "[]"],
  ])("refuse %s", (_, changed) => {
    expect(() => codec.decode(encodeUtf8(changed))).toThrow(MalformedError);
  });

  it("refuse to be written wrong", () => {
    expect(() => codec.encode({ ...record, key: new Uint8Array(2) })).toThrow(MalformedError);
    expect(() => codec.encode({ ...record, n: 11 })).toThrow(MalformedError);
    expect(() => codec.encode({ ...record, list: [1, 2, 3] })).toThrow(MalformedError);
    expect(() => codec.encode({ ...record, text: "12345" })).toThrow(MalformedError);
  });
});
