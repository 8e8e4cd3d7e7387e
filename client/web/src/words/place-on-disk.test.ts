import { describe, expect, it } from "vitest";
import { placeOnDisk } from "./place-on-disk.ts";

describe("a place on disk", () => {
  it.each([
    ["House/Insurance", "9.pdf", "House/Insurance/9.pdf.age"],
    ["../..", "x", "_/_/x.age"],
    ["", "a/b:c?.txt", "a_b_c_.txt.age"],
    ["", "con", "_con.age"],
    ["", " ", "_.age"],
    ["", ".bashrc", "_bashrc.age"],
  ])("for %j / %j is %j", (folder, name, place) => expect(placeOnDisk(new Set(), folder, name, ".age")).toBe(place));

  it("is never one that is taken, also where capitals do not count", () => {
    const taken = new Set<string>();
    expect(["Will", "will", "Will"].map((name) => placeOnDisk(taken, "", name, ".age"))).toEqual([
      "Will.age",
      "will (2).age",
      "Will (3).age",
    ]);
  });
});
