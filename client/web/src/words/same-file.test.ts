import { describe, expect, it } from "vitest";
import { compareFile, describeDifference } from "./same-file.ts";

const known = { name: "film.mp4", size: 1000, modified: 5000 };

describe("going on with an upload", () => {
  it("takes the same file, also under another name", () => {
    expect(compareFile(known, { name: "film.mp4", size: 1000, lastModified: 5000 })).toBeNull();
    expect(compareFile(known, { name: "film (1).mp4", size: 1000, lastModified: 5000 })).toBeNull();
  });

  it("says in what another file differs, and what to do", () => {
    expect(compareFile(known, { name: "film.mp4", size: 999, lastModified: 5000 })).toBe("size");
    expect(compareFile(known, { name: "film.mp4", size: 1000, lastModified: 6000 })).toBe("date");
    expect(describeDifference("film.mp4", "date")).toMatch(/was changed since.*discard/);
  });
});
