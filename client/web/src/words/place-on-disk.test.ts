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

  it.each(["ü", "漢", "👨‍👩‍👧"])("cuts a long name of %s by bytes, between characters, and keeps its ending", (letter) => {
    const taken = new Set<string>();
    for (const count of [1, 2]) {
      const place = placeOnDisk(taken, "", `a${letter.repeat(200)}.pdf`, ".age");
      expect(place).toMatch(count === 1 ? /\.pdf\.age$/ : /\.pdf \(2\)\.age$/);
      expect(place.isWellFormed()).toBe(true);
      expect(Buffer.byteLength(place)).toBeGreaterThan(200);
      expect(Buffer.byteLength(`${place}.crswap`)).toBeLessThanOrEqual(255);
    }
  });

  it("is never one that is taken, also where capitals do not count", () => {
    const taken = new Set<string>();
    expect(["Will", "will", "Will"].map((name) => placeOnDisk(taken, "", name, ".age"))).toEqual([
      "Will.age",
      "will (2).age",
      "Will (3).age",
    ]);
  });
});
