import { describe, expect, it } from "vitest";
import { findInBytes } from "./find-plaintext.ts";

const planted = "Zürich marmalade 7F3 under the stairs";

const hidden: Record<string, Buffer> = {
  "raw bytes": Buffer.from(`xx${planted}yy`),
  "UTF-16, little end first": Buffer.from(planted, "utf16le"),
  "UTF-16, big end first": Buffer.from(planted, "utf16le").swap16(),
  hex: Buffer.from(Buffer.from(planted).toString("hex")),
  "base64, unaligned": Buffer.from(Buffer.from(`a${planted}z`).toString("base64")),
  "base64, aligned": Buffer.from(Buffer.from(planted).toString("base64")),
  "base64url, two bytes off": Buffer.from(Buffer.from(`ab${planted}`).toString("base64url")),
  "quoted-printable with soft breaks": Buffer.from("Z=C3=BCrich marma=\r\nlade 7F3 under the st=\r\nairs"),
  "JSON escapes": Buffer.from(JSON.stringify({ name: planted })),
};

describe("searching for planted plaintext", () => {
  for (const [form, bytes] of Object.entries(hidden)) {
    it(`finds it as ${form}`, () => {
      expect(findInBytes("somewhere", bytes, [planted]).length).toBeGreaterThan(0);
    });
  }

  it("finds nothing where nothing was planted", () => {
    expect(findInBytes("somewhere", Buffer.from("an ordinary log line about stairs"), [planted])).toEqual([]);
  });
});
