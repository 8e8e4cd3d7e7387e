import { describe, expect, it } from "vitest";
import { standingOf } from "./person-in-words.ts";

const accepted = { state: "accepted" as const, bounced: false, keyChanged: false, pin: null };

describe("how a person stands", () => {
  it("asks for the comparison once a key is there", () => {
    expect(standingOf({ ...accepted, state: "invited" })).toBe("invited");
    expect(standingOf(accepted)).toBe("to-compare");
    expect(standingOf({ ...accepted, pin: { verified: "words", ageKey: "age1pq1q" } })).toBe("compared");
  });

  it("says before anything else that a key is not the one that was compared", () => {
    const pin = { verified: "words" as const, ageKey: "age1pq1q" };
    expect(standingOf({ ...accepted, pin, keyChanged: true })).toBe("key-changed");
  });

  it("never calls an uncompared key verified", () => {
    expect(standingOf({ ...accepted, pin: { verified: "none", ageKey: "age1pq1q" } })).toBe("unverified");
  });
});
