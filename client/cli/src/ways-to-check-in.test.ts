import { describe, expect, it } from "vitest";
import { UsageError } from "./usage-error.ts";
import { parseWays, waysLine } from "./ways-to-check-in.ts";

describe("what counts beside an owner's own check-ins", () => {
  it("is named by what --accept says", () => {
    expect(parseWays(["link", "key", "sign-in"])).toEqual(["token", "delegated", "attested"]);
    expect(parseWays(["none"])).toEqual([]);
    for (const wrong of [["links"], ["none", "key"], ["signed"], ["toString"]])
      expect(() => parseWays(wrong)).toThrow(UsageError);
  });

  it("is said in words, with how far it carries", () => {
    expect(waysLine(["delegated", "token"], 60 * 86_400_000)).toBe(
      "  Beside your own check-ins counts the link of a mail, or a key that may only check in (afterkeep delegate), at most 60 days beyond the last of those.",
    );
    expect(waysLine(["attested"])).toContain("signing in, by the server's word");
    expect(waysLine([])).toBe("  Nothing counts but your own check-ins.");
  });
});
