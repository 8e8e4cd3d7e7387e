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
