import { describe, expect, it } from "vitest";
import { describeItems } from "./import-words.ts";

describe("what an import brings", () => {
  it.each([
    [[], "nothing"],
    [["record"], "1 form"],
    [["record", "record", "note"], "2 forms and 1 note"],
    [["record", "note", "note", "file"], "1 form, 2 notes and 1 file"],
  ] as const)("%j is said as %j", (kinds, words) => expect(describeItems(kinds.map((kind) => ({ kind })))).toBe(words));
});
