import { dayMs } from "@afterkeep/sdk";
import { describe, expect, it } from "vitest";
import { describeWays } from "./ways-in-words.ts";

describe("what counts beside an owner's own check-ins", () => {
  it("is named in plain words, with how far it carries", () => {
    const all = describeWays(["attested", "token", "delegated"], 60 * dayMs);
    expect(all).toContain("the button in a mail; a key that may only check in");
    expect(all).toContain("; and signing in with your passphrase and code");
    expect(all).toContain("60 days beyond the last time you checked in yourself");
    expect(describeWays(["token"], 60 * dayMs)).toContain("counts too: the button in a mail.");
  });
  it("may be nothing", () => {
    expect(describeWays([], 0)).toBe("Nothing but your own check-ins counts.");
  });
});
