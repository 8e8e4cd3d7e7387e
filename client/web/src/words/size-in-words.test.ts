import { describe, expect, it } from "vitest";
import { formatSize } from "./size-in-words.ts";

describe("sizes for people", () => {
  it("uses decimal units, as file managers do", () => {
    expect([0, 1, 999, 1000, 3_249_000, 999_600, 1_000_000_000].map(formatSize)).toEqual([
      "0 bytes",
      "1 byte",
      "999 bytes",
      "1.0 KB",
      "3.2 MB",
      "1.0 MB",
      "1.0 GB",
    ]);
  });
});
