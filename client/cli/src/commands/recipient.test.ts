import type { RecipientView } from "@afterkeep/sdk";
import { describe, expect, it } from "vitest";
import { describeView, olderLines } from "./recipient.ts";
import { unsureLines } from "./release-save.ts";

const view = {
  isChainOlder: true,
  ownerName: "Ada",
  hasKeyHere: true,
  pinned: "words",
  pinMatches: true,
  releases: [],
} as unknown as RecipientView;

describe("what a recipient is told over an older chain", () => {
  it("says of their key neither that it is confirmed nor that it is not theirs", () => {
    for (const pinMatches of [true, false]) {
      const text = describeView({ ...view, pinMatches }, []);
      expect(text).toContain("cannot be told at the moment");
      expect(text).not.toMatch(/confirmed \(|NOT the key/);
    }
    expect(describeView({ ...view, isChainOlder: false }, [])).toContain("confirmed (words)");
    expect(describeView({ ...view, isChainOlder: false, pinMatches: false }, [])).toContain("NOT the key");
  });

  it("names another device as the way out, and nothing where nothing is missing", () => {
    expect(olderLines(view).join()).toContain("try another device");
    expect(olderLines({ ...view, isChainOlder: false })).toEqual([]);
  });

  it("never says of a release that the server was restored, only what follows if it was", () => {
    const text = unsureLines({ isChainOlder: true }).join("\n");
    expect(text).toContain("This is genuine");
    expect(text).toContain("If it was restored from a backup");
    expect(unsureLines({ isChainOlder: false })).toEqual([]);
  });
});
