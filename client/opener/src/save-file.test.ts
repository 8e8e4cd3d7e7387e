import { describe, expect, it } from "vitest";
import { freeName, safeName } from "./save-file.ts";

describe("a name on the recipient's disk", () => {
  it("is never one that another document took, in whatever letters or folder names", () => {
    const taken = new Set<string>();
    const places = [
      ["", "a.txt"],
      ["", "A.TXT"],
      ["x:y", "a.txt"],
      ["x?y", "a.txt"],
      ["X:Y/", "a.txt"],
      ["", "\u00e9.txt"],
      ["", "e\u0301.txt"],
      ["x_y", "b.txt"],
    ] as const;
    expect(places.map(([folder, name]) => freeName(taken, folder, name))).toEqual([
      ...["a.txt", "A (2).TXT", "a.txt", "a (2).txt", "a (3).txt"],
      ...["\u00e9.txt", "e\u0301 (2).txt", "b.txt"],
    ]);
  });

  it("fits on the disk with its ending, cut between two characters, and with its number too", () => {
    const taken = new Set<string>();
    const long = `${"\u{1f333}".repeat(80)}.pdf`;
    const names = [1, 2].map(() => freeName(taken, "", long));
    expect(names).toEqual([`${"\u{1f333}".repeat(59)}.pdf`, `${"\u{1f333}".repeat(58)} (2).pdf`]);
    expect(safeName(`${"a".repeat(300)}.${"b".repeat(300)}`)).toBe("a".repeat(240));
    expect(safeName(`${"a".repeat(239)} ${"a".repeat(300)}`)).toBe("a".repeat(239));
    expect(safeName(`${"a".repeat(200)}.jpeg`)).toBe(`${"a".repeat(200)}.jpeg`);
  });

  it("stays in its folder", () => {
    expect(["..", "../x", ".", "a\u202etxt.exe", "end. "].map(safeName)).toEqual([
      "_",
      ".._x",
      "_",
      "a_txt.exe",
      "end",
    ]);
  });
});
