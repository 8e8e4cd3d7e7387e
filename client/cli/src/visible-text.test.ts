import { describe, expect, it } from "vitest";
import { visibleText } from "./visible-text.ts";

describe("text for a terminal", () => {
  it.each([
    ["a\u001b[2K\rReleased: nothing", "a\\u001b[2K\\u000dReleased: nothing"],
    ["\u001b]0;title\u0007", "\\u001b]0;title\\u0007"],
    ["c\u009b31m", "c\\u009b31m"],
    ["photo\u202egpj.exe", "photo\\u202egpj.exe"],
    ["Grüße,\n\t語 👩‍👧", "Grüße,\n\t語 👩‍👧"],
  ])("%j is shown and not obeyed", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it("means the same where it is JSON", () => {
    const names = { name: "a\u001b\u009b\u202e\n\\" };
    expect(JSON.parse(visibleText(JSON.stringify(names)))).toEqual(names);
  });
});
