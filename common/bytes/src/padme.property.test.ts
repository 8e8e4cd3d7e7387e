import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedError } from "./malformed.ts";
import { padme } from "./padme.ts";

describe("Padmé", () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [7, 7],
    [8, 8],
    [9, 10],
    [100, 104],
    [1_000, 1_024],
    [12_345, 12_800],
    [1_048_576, 1_048_576],
    [1_048_577, 1_081_344],
    [2 ** 32 + 1, 2 ** 32 + 2 ** 26],
  ])("pads %d to %d", (length, padded) => {
    expect(padme(length)).toBe(padded);
  });

  it("never shortens, adds at most 12 %, keeps order, and is stable", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (length) => {
        const padded = padme(length);
        expect(padded).toBeGreaterThanOrEqual(length);
        expect(padded).toBeLessThanOrEqual(length * 1.12);
        expect(padme(padded)).toBe(padded);
        expect(padme(length + 1)).toBeGreaterThanOrEqual(padded);
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses %d", (length) => {
    expect(() => padme(length)).toThrow(MalformedError);
  });
});
