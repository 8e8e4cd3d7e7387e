import { describe, expect, it } from "vitest";
import { livePolicies } from "./live-policies.ts";

const signed = (...ids: string[]) => ids.map((id) => ({ id }));
const live = (ids: string, bound: string) =>
  livePolicies(signed(...ids), bound)
    .map(({ id }) => id)
    .join("");

describe("the policies that a bequest can still be released by", () => {
  it("are the bound one and what was signed after it", () => {
    expect(live("abc", "a")).toBe("abc");
    expect(live("abc", "b")).toBe("bc");
    expect(live("abc", "c")).toBe("c");
  });

  it("are the bound one and the last three where many were signed after it", () => {
    expect(live("abcdefg", "b")).toBe("befg");
  });

  it("are all of them while the bound one is not known, however many: no row of it, or one that this device has not seen", () => {
    expect(live("abcdefg", "")).toBe("abcdefg");
    expect(live("abcdefg", "z")).toBe("abcdefg");
    expect(live("", "")).toBe("");
  });
});
