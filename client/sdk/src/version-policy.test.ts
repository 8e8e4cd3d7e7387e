import { encodeUtf8, newId } from "@afterkeep/bytes";
import { dayMs } from "@afterkeep/switch";
import { describe, expect, it } from "vitest";
import { decodeVersionPolicy, defaultVersionPolicy, encodeVersionPolicy, prunable } from "./version-policy.ts";

/** Versions that were current since so many days ago, the current one first. */
function versionsSince(...days: number[]) {
  return days.map((ago) => ({ ver: newId(1), currentMs: 1000 * dayMs - ago * dayMs, ago }));
}

const pruned = (days: number[], keepVersions: number, keepDays: number) =>
  prunable(versionsSince(...days), { keepVersions, keepDays }, 1000 * dayMs).map(({ ago }) => ago);

describe("the versions that a policy keeps", () => {
  it("are the newest so many, the current one always among them", () => {
    expect(pruned([0, 1, 2, 3], 2, 0)).toEqual([2, 3]);
    expect(pruned([5], 1, 1)).toEqual([]);
    expect(pruned([900, 901], 1, 0)).toEqual([901]);
  });

  it("are kept for so many days after they were replaced, not after they were made", () => {
    expect(pruned([1, 400, 500], 10, 30)).toEqual([500]);
    expect(pruned([31, 400, 500], 10, 30)).toEqual([400, 500]);
    expect(pruned([30, 400], 10, 30)).toEqual([]);
  });

  it("are the default's where the sealed policy has a form of a later version", () => {
    const policy = { keepVersions: 7, keepDays: 90 };
    expect(decodeVersionPolicy(encodeVersionPolicy(policy))).toEqual(policy);
    for (const other of ["{}", "[]", "null", '{"keepVersions":0,"keepDays":1}', '{"keepVersions":"9","keepDays":1}'])
      expect(decodeVersionPolicy(encodeUtf8(other))).toEqual(defaultVersionPolicy);
  });
});
