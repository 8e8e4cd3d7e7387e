import { describe, expect, it } from "vitest";
import { describeState } from "./state-in-words.ts";

describe("a frozen bequest", () => {
  it("says who froze it, and until when, where people did", () => {
    const frozenUntilMs = Date.UTC(2027, 2, 12, 8, 5);
    const words = describeState({ state: "frozen", frozenUntilMs }, { locale: "en-GB", timeZone: "UTC" });
    expect(words.tag).toBe("Frozen");
    expect(words.sentence).toContain("Two people who run this service");
    expect(words.sentence.replaceAll("\u00a0", " ")).toMatch(/Friday,? 12 March 2027 at 0?8:05/);
  });

  it("speaks of the clock where that is in doubt", () => {
    expect(describeState({ state: "frozen", frozenUntilMs: null }).tag).toBe("Clock in doubt");
  });
});
