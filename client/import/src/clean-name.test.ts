import { encodeUtf8 } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { cleanFolder, cleanName } from "./clean-name.ts";

describe("a name from an export", () => {
  it("keeps people's own words", () => {
    for (const name of ["Müller & Söhne (2024).pdf", "日本語", "a.b", ".profile", "🔑 keys"])
      expect(cleanName(name)).toBe(name);
  });

  it("cannot lead anywhere: no separators, no dots alone, no line ends", () => {
    expect(cleanName("../../etc/passwd")).toBe("..-..-etc-passwd");
    expect(cleanName("C:\\a\\b")).toBe("C:-a-b");
    expect(cleanName("two\r\nlines\0")).toBe("two lines");
    for (const name of ["", " ", ".", "..", "\u202e"]) expect(cleanName(name)).toBe("Untitled");
  });

  it("cannot pose as another kind of file by turning its letters around", () => {
    expect(cleanName("invoice\u202efdp.exe")).toBe("invoicefdp.exe");
  });

  it("is at most 240 bytes long and keeps its extension", () => {
    const name = cleanName(`${"ä".repeat(500)}.pdf`);
    expect(name).toMatch(/^ä+\.pdf$/);
    expect(encodeUtf8(name).length).toBeLessThanOrEqual(240);
  });

  it("is well formed even where half a character was written", () => {
    expect(cleanName("a\ud800b").isWellFormed()).toBe(true);
  });
});

describe("a folder from an export", () => {
  it("is its cleaned names, without those that would climb or be empty", () => {
    expect(cleanFolder(["Home", "..", "", " . ", "Bank / Insurance"])).toBe("Home/Bank - Insurance");
    expect(cleanFolder([])).toBe("");
  });

  it("is at most 16 folders deep", () => {
    expect(cleanFolder(Array.from({ length: 50 }, () => "x".repeat(300))).split("/")).toHaveLength(16);
  });
});
