import { describe, expect, it } from "vitest";
import { groupActivity } from "./activity-groups.ts";

const minute = 60_000;

describe("activity", () => {
  it("tells the same thing done many times in a row as one line, newest first", () => {
    const leaves = [
      { index: 0, at: 0, action: "account.created" },
      { index: 3, at: minute, action: "document.uploaded" },
      { index: 4, at: 2 * minute, action: "document.uploaded" },
      { index: 9, at: 3 * minute, action: "statement.manifest" },
    ];
    expect(groupActivity(leaves)).toEqual([
      { action: "statement.manifest", count: 1, firstIndex: 9, lastIndex: 9, at: 3 * minute },
      { action: "document.uploaded", count: 2, firstIndex: 3, lastIndex: 4, at: 2 * minute },
      { action: "account.created", count: 1, firstIndex: 0, lastIndex: 0, at: 0 },
    ]);
  });

  it("keeps two check-ins of different days apart", () => {
    const leaves = [0, 1].map((day) => ({ index: day, at: day * 24 * 60 * minute, action: "statement.checkin" }));
    expect(groupActivity(leaves).map(({ count }) => count)).toEqual([1, 1]);
  });
});
