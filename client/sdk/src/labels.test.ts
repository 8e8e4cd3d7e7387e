import { decodeUtf8, encodeUtf8, newId, randomBytes } from "@afterkeep/bytes";
import { defaultTimes } from "@afterkeep/switch";
import { describe, expect, it } from "vitest";
import { type BequestDraft, bequestLabelCodec } from "./labels.ts";
import { classesOf, weakOf } from "./policy-limits.ts";

const draft: BequestDraft = {
  title: "For Bo",
  message: "Dear Bo.",
  recipients: [{ r: newId(1, randomBytes), delay: 0 }],
  documents: [],
  times: defaultTimes(30 * 86_400_000).times,
};
const written = (one: BequestDraft) => bequestLabelCodec.encode({ draft: one, generations: [] });
const again = (one: BequestDraft) => bequestLabelCodec.decode(written(one)).draft;

describe("what an owner accepts beside their own check-ins", () => {
  it("is kept as it was chosen, and what was never chosen stays unsaid, as in labels of before", () => {
    expect(again(draft)).toEqual(draft);
    expect(decodeUtf8(written(draft))).not.toContain("weak");
    for (const weak of [[], ["delegated"], ["token", "delegated", "attested"]] as const)
      expect(again({ ...draft, weak })).toEqual({ ...draft, weak });
    const edited = { ...again({ ...draft, weak: ["delegated"] }), title: "For Bo, again" };
    expect(again(edited).weak).toEqual(["delegated"]);
  });

  it("is no other class than there is, the owner's own neither", () => {
    const text = decodeUtf8(written({ ...draft, weak: ["delegated"] }));
    for (const other of ["signed", "duress", ""])
      expect(() => bequestLabelCodec.decode(encodeUtf8(text.replace('"delegated"', `"${other}"`)))).toThrow();
  });

  it("becomes a policy's classes: mail links alone where nothing was chosen", () => {
    expect([weakOf(draft), classesOf(draft)]).toEqual([["token"], ["signed", "token"]]);
    expect(classesOf({ weak: ["attested", "token", "delegated"] })).toEqual([
      "signed",
      "token",
      "delegated",
      "attested",
    ]);
    expect(classesOf({ weak: [] })).toEqual(["signed"]);
  });
});
