import { describe, expect, it } from "vitest";
import { cleanFolder, cleanName, isInFolder, moveFolder, stepsOf } from "./folder-path.ts";

describe("a typed folder", () => {
  it.each([
    [" House / Insurance/ ", "House/Insurance"],
    ["//a///b", "a/b"],
    ["../../etc", "etc"],
    ["a/./b/..", "a/b"],
    ["  ", ""],
  ])("%j is kept as %j", (typed, kept) => expect(cleanFolder(typed)).toBe(kept));

  it("cannot hide in a name", () => expect(cleanName(" 1/2 of it ")).toBe("1-2 of it"));
});

describe("moving a folder", () => {
  it("takes along what lies below it, and nothing that only begins alike", () => {
    expect(moveFolder("House/Insurance/Old", "House/Insurance", "Papers")).toBe("Papers/Old");
    expect(moveFolder("House", "House", "")).toBe("");
    expect(isInFolder("House/Insurance", "House")).toBe(true);
    expect(isInFolder("Household", "House")).toBe(false);
  });

  it("names the way to it step by step", () =>
    expect(stepsOf("House/Insurance")).toEqual([
      { name: "House", path: "House" },
      { name: "Insurance", path: "House/Insurance" },
    ]));
});
