import type { CheckInResult } from "@afterkeep/sdk";
import { describe, expect, it } from "vitest";
import { answerOf } from "./check-in.ts";

const receipt: CheckInResult["receipt"] = {
  account: "a",
  statement: "s",
  nonce: "n",
  epoch: 1,
  counter: 2,
  head: { seq: 0, id: "h" },
  mode: "real",
  probe: "self",
  at: 0,
  rows: [],
  pending: { requests: [], loosenings: [] },
  nextKey: "k",
};

function resultOf(pinned: boolean): CheckInResult {
  const { at, mode, probe } = receipt;
  return {
    counted: true,
    at,
    mode,
    probe,
    earliestMs: null,
    rows: [],
    countedFor: null,
    handOvers: [],
    unheard: [],
    pending: [],
    loosenings: [],
    frozenUntilMs: null,
    lapsed: [],
    restored: null,
    unknownChanges: false,
    pinned,
    receipt,
  };
}

describe("the answer to a check-in", () => {
  it("says that the keyholder confirmed it only where the keyholder was known", () => {
    const known = answerOf(resultOf(true), "Checked in; the keyholder confirmed it.");
    expect(known.text).toContain("the keyholder confirmed it");
    const unknown = answerOf(resultOf(false), "Checked in; the keyholder confirmed it.");
    expect(unknown.text).not.toContain("the keyholder confirmed it");
    expect(unknown.text).toContain(
      "This device has not seen this keyholder before, so the answer could not be checked against anything.",
    );
    expect(unknown.json).toMatchObject({ counted: true, pinned: false });
  });

  it("says from where the keyholder sees that it can be reached", () => {
    expect(answerOf(resultOf(true), "").text).toContain("by itself alone");
    expect(answerOf({ ...resultOf(true), probe: "public" }, "").text).toContain("as its own machine sees it");
  });

  it("tells of a restore, and names the bequests whose newest plan does not count since", () => {
    const lapsed = [{ b: "b1", title: "For Ada" }];
    const told = answerOf({ ...resultOf(true), restored: { isChainOlder: true }, lapsed }, "").text;
    expect(told).toContain("restored from a backup");
    expect(told).toContain("afterkeep account confirm-restore");
    expect(told).toContain(
      'does NOT count for these; the keyholder goes by an older one, or has none. Look at them, and arm them again:\n  b1  "For Ada"',
    );
    expect(answerOf(resultOf(true), "").text).not.toContain("backup");
  });

  it("names what it did not count for", () => {
    const unheard = [{ b: "b1", title: "For Ada" }];
    const { text, json } = answerOf({ ...resultOf(true), unheard }, "Checked in; the keyholder confirmed it.");
    expect(text).toContain("The check-in did NOT count for these");
    expect(text).toContain('  b1  "For Ada"');
    expect(json).toMatchObject({ unheard });
    expect(answerOf(resultOf(true), "").text).not.toContain("NOT");
  });

  it("names every change that gives more, or sooner, and is not in force yet, right after the dates", () => {
    const theirs = { b: "b1", title: "For Ada", policyHash: "h", bindsMs: 86_400_000, isProven: true, isOwn: false };
    const loosenings = [{ ...theirs, b: "b2", isOwn: true }, theirs];
    const { text, json } = answerOf({ ...resultOf(true), loosenings }, "Disarmed.");
    const lines = text.split("\n");
    expect(lines[2]).toContain("Somebody with your keys");
    expect(lines[3]).toBe('  b1  "For Ada"  not in force before 1970-01-02 00:00 UTC');
    expect(lines[4]).toContain("If this was not you");
    expect(lines[6]).toContain("  b2");
    expect(json).toMatchObject({ loosenings });
  });

  it("says of a hand-over that it waits, until when at least, and what stops it; or that it goes on", () => {
    const handOvers = [
      { b: "b1", title: "For Ada", waitsUntilMs: Date.UTC(2026, 5, 3) },
      { b: "b2", title: "", waitsUntilMs: null },
    ];
    const { text, json } = answerOf({ ...resultOf(true), handOvers }, "Checked in by mail link.");
    expect(text).toMatch(/The hand-over of b1 "For Ada" waits until 2026-06-03.* at the earliest, and then goes on/);
    expect(text).toContain("The hand-over of b2 goes on: this did NOT stop it. Sign in and check in to stop it.");
    expect(json).toMatchObject({ handOvers });
  });
});
