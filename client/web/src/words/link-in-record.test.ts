import { describe, expect, it } from "vitest";
import { safeLink } from "./link-in-record.ts";

describe("an address in a form", () => {
  it.each([
    ["https://mail.example.org/login", "https://mail.example.org/login"],
    ["mail.example.org", "https://mail.example.org/"],
  ])("%s can be opened", (typed, link) => expect(safeLink(typed)).toBe(link));

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "https://user:secret@example.org",
    "the blue box",
    "",
    "file:///etc",
  ])("%j stays words", (typed) => expect(safeLink(typed)).toBeNull());
});
