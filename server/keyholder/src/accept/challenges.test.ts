import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { aManualClock } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { Challenges, type ChallengePurpose, delegateOf } from "./challenges.ts";

const minuteMs = 60_000;
const account = "AZ0000000000000000000A";
const other = "AZ0000000000000000000Q";
const purposes: readonly ChallengePurpose[] = ["control", "stricter", "checkin", "delegated"];
const invalid = expect.objectContaining({ code: "challenge-invalid" });

function aProcess(clock = aManualClock()) {
  const challenges = new Challenges(clock);
  const issue = (purpose: ChallengePurpose, whose = account) => challenges.issue(whose, purpose).challenge;
  return { clock, challenges, issue };
}

describe("a challenge", () => {
  it.each(purposes)("is open for whom and what it was given until it is answered, and never again: %s", (purpose) => {
    const { clock, challenges, issue } = aProcess();
    const challenge = issue(purpose);
    for (let time = 0; time < 2; time++) challenges.require(challenge, account, purpose);
    challenges.spend(challenge);
    for (const laterMs of [0, 9 * minuteMs, minuteMs, 24 * 60 * minuteMs]) {
      clock.advance(laterMs);
      expect(() => challenges.require(challenge, account, purpose)).toThrow(invalid);
    }
  });
  it.each([
    ["control", 24 * 60 * minuteMs],
    ["stricter", 10 * minuteMs],
    ["checkin", 10 * minuteMs],
    ["delegated", 10 * minuteMs],
  ] as const)("ends in its time, whatever the wall clock says: %s", (purpose, lifeMs) => {
    const { clock, challenges } = aProcess();
    clock.advance(12_345_678);
    const given = challenges.issue(account, purpose);
    expect(given.lifeMs).toBe(lifeMs);
    clock.advance(lifeMs - 1);
    clock.jumpWall(-lifeMs);
    challenges.require(given.challenge, account, purpose);
    clock.advance(1);
    expect(() => challenges.require(given.challenge, account, purpose)).toThrow(invalid);
  });
  it.each(purposes)("is good for no other purpose: %s", (purpose) => {
    const { challenges, issue } = aProcess();
    const challenge = issue(purpose);
    for (const wrong of purposes.filter((one) => one !== purpose))
      expect(() => challenges.require(challenge, account, wrong)).toThrow(invalid);
  });
  it("is good for no other account, nor for a delegate of the same one, nor a delegate's for it or for another key", () => {
    const { challenges, issue } = aProcess();
    const [key, anotherKey] = [encodeBase64url(new Uint8Array(32)), encodeBase64url(new Uint8Array(32).fill(1))];
    const [owners, delegates] = [issue("delegated"), issue("delegated", delegateOf(account, key))];
    for (const whose of [other, delegateOf(account, key), "", ` ${account}`])
      expect(() => challenges.require(owners, whose, "delegated")).toThrow(invalid);
    for (const whose of [account, other, delegateOf(other, key), delegateOf(account, anotherKey)])
      expect(() => challenges.require(delegates, whose, "delegated")).toThrow(invalid);
  });
  it("takes nothing of its purpose for the name of whose it is", () => {
    const { challenges } = aProcess();
    const { challenge } = challenges.issue(`x ${account}`, "control");
    expect(() => challenges.require(challenge, account, "control x" as ChallengePurpose)).toThrow(invalid);
  });
  it("is of one process: no other one takes it, at the same time by the same clock", () => {
    const clock = aManualClock();
    const [before, after] = [aProcess(clock), aProcess(clock)];
    expect(() => after.challenges.require(before.issue("checkin"), account, "checkin")).toThrow(invalid);
  });
  it("is none once any of its bits is another, its end's among them", () => {
    const { challenges, issue } = aProcess();
    const bytes = decodeBase64url(issue("control"));
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(() => challenges.require(encodeBase64url(flipped), account, "control")).toThrow(invalid);
    }
  });
  it("is none when it is cut short or goes on", () => {
    const { challenges, issue } = aProcess();
    const bytes = decodeBase64url(issue("control"));
    for (let length = 0; length < bytes.length; length++)
      expect(() => challenges.require(encodeBase64url(bytes.subarray(0, length)), account, "control")).toThrow(invalid);
    const longer = encodeBase64url(Uint8Array.of(...bytes, 0));
    expect(() => challenges.require(longer, account, "control")).toThrow(invalid);
  });
  it("is none that somebody put together from two", () => {
    const { clock, challenges, issue } = aProcess();
    const sooner = decodeBase64url(issue("checkin"));
    clock.advance(minuteMs);
    const later = decodeBase64url(issue("checkin"));
    const mixed = Uint8Array.of(...later.subarray(0, 6), ...sooner.subarray(6));
    expect(() => challenges.require(encodeBase64url(mixed), account, "checkin")).toThrow(invalid);
  });
  it("is never the same twice", () => {
    const { issue } = aProcess();
    expect(new Set(Array.from({ length: 1000 }, () => issue("checkin"))).size).toBe(1000);
  });
});

describe("whoever may ask for challenges in an owner's name", () => {
  it("pushes out none that the owner has, however many they ask for", () => {
    const { challenges, issue } = aProcess();
    const owners = issue("checkin");
    for (let asked = 0; asked < 25_000; asked++) issue(purposes[asked % purposes.length] ?? "control");
    challenges.require(owners, account, "checkin");
  });
  it("has none forgotten that was answered, however many are", () => {
    const { clock, challenges, issue } = aProcess();
    const answer = (purpose: ChallengePurpose) => {
      const challenge = issue(purpose);
      challenges.spend(challenge);
      return challenge;
    };
    const [kept, ended] = [answer("control"), answer("checkin")];
    clock.advance(10 * minuteMs);
    const last = Array.from({ length: 10_000 }, () => answer("checkin")).at(-1) ?? "";
    expect(() => challenges.require(kept, account, "control")).toThrow(invalid);
    for (const one of [ended, last]) expect(() => challenges.require(one, account, "checkin")).toThrow(invalid);
  });
});
