import { describe, expect, it } from "vitest";
import { forgettable, newKeptName } from "./kept-file-name.ts";

const hourMs = 3_600_000;

describe("a kept file", () => {
  it("of another tab that has not noted its upload yet is left alone", () => {
    const [mine, others, pending] = [newKeptName(0), newKeptName(0), newKeptName(0)];
    const kept = [mine, others, pending];
    const what = { pending: new Set([pending]), own: new Set([mine, pending]) };
    expect(forgettable(kept, { ...what, nowMs: hourMs })).toEqual([mine]);
    expect(forgettable(kept, { ...what, nowMs: 25 * hourMs })).toEqual([mine, others]);
  });

  it("without a time, of an earlier version, counts as old", () =>
    expect(
      forgettable(["0d9b2c1e-1111-4222-8333-444455556666"], { pending: new Set(), own: new Set(), nowMs: hourMs }),
    ).toHaveLength(1));
});
