import { describe, expect, it } from "vitest";
import { lastCallMail } from "./last-call-mail.ts";

const earliestMs = Date.UTC(2026, 10, 3, 12);
const call = { publicUrl: "https://vault.example", token: "the-token", earliestMs } as const;

describe("the keyholder's own words", () => {
  it.each([
    ["sendLastCall", "this is the last question", "Any check-in until then stops it."],
    ["reachOwner", "Your check-in is overdue", "Any check-in until then stops it."],
    ["callAboutRequest", "One of them has now asked for it", "Signing in and checking in says no to it."],
  ] as const)("of %s say what is asked, until when, and how to stop it", (kind, question, stop) => {
    const { to, subject, text } = lastCallMail("owner@example.test", { ...call, kind });
    expect([to, subject.startsWith("Are you there?")]).toEqual(["owner@example.test", true]);
    expect(text).toContain(question);
    expect(text).toContain(`nothing is handed over before Tue, 03 Nov 2026 12:00:00 GMT. ${stop}\n`);
    expect(text).toContain("https://vault.example/checkin#the-token");
  });

  it("promise of a link that it checks in, but for a request, which it only puts off", () => {
    const said = (kind: "sendLastCall" | "reachOwner" | "callAboutRequest") =>
      ["one press of a button is enough", "puts it off by three days, once", "please sign in and check in"].map(
        (part) => lastCallMail("", { ...call, kind }).text.includes(part),
      );
    expect(said("sendLastCall")).toEqual([true, false, false]);
    expect(said("reachOwner")).toEqual([true, false, false]);
    expect(said("callAboutRequest")).toEqual([false, true, true]);
  });

  it("name no link where there is none", () => {
    for (const kind of ["sendLastCall", "reachOwner", "callAboutRequest"] as const) {
      const { text } = lastCallMail("", { ...call, kind, token: null });
      expect(text).toContain("please sign in and check in: https://vault.example");
      expect(text).not.toMatch(/#|link|button|null/);
    }
  });
});
