import { newId } from "@afterkeep/bytes";
import { type MailContent, mailContent } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { composeMail } from "./compose-mail.ts";
import { plainName } from "./plain-name.ts";

const token = "t".repeat(42) + "A";
const ownerName = "Ada Lovelace";
const when = Date.UTC(2027, 4, 6, 7, 8);
const contents: MailContent[] = [
  { kind: "verify-email", ownerName, token },
  { kind: "invitation", ownerName, token },
  { kind: "fresh-link", ownerName, token },
  { kind: "recipient-accepted", recipientEmail: "grace@example.org" },
  { kind: "reminder", ownerName, token, earliestMs: when },
  { kind: "grace-reminder", ownerName, token, earliestMs: when },
  { kind: "request-reminder", ownerName, token, earliestMs: when },
  { kind: "loosening", ownerName, bindsAtMs: when },
  { kind: "held", ownerName, untilMs: when },
  { kind: "release", ownerName, token, decidedAtMs: when },
  { kind: "release-begun", ownerName, decidedAtMs: when, recipients: 2 },
  { kind: "withdrawn", ownerName },
];
const compose = (content: MailContent) =>
  composeMail({ id: newId(1), to: "somebody@example.org", content }, "https://keep.example.org");

describe("mails", () => {
  it("exist for every kind", () => {
    expect(contents.map(({ kind }) => kind)).toEqual(mailContent.options.map(({ shape }) => shape.kind.value));
  });

  it.each(contents.map((content) => [content.kind, content] as const))(
    "%s says what happens, in text and HTML alike",
    (_kind, content) => {
      const mail = compose(content);
      expect(mail).toMatchSnapshot({ messageId: expect.stringMatching(/^[\w-]{22}@keep\.example\.org$/) });
    },
  );

  it.each(contents.map((content) => [content.kind, content] as const))(
    "%s loads nothing, tracks nothing and marks itself as automatic",
    (_kind, content) => {
      const { html = "", headers } = compose(content);
      expect(html).not.toMatch(/<(img|script|link|iframe|style|object)\b|url\(|@import|src=/i);
      const targets = [...html.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
      expect(targets.every((target) => target?.startsWith("https://keep.example.org"))).toBe(true);
      expect(headers).toEqual({ "Auto-Submitted": "auto-generated" });
    },
  );

  it("carry tokens in the fragment only", () => {
    for (const content of contents) {
      const { text, html = "" } = compose(content);
      for (const [url] of `${text} ${html}`.matchAll(/https:[^\s"<]*/g)) expect(url.split("#")[0]).not.toContain(token);
    }
  });

  it("name the earliest moment of a release and how to stop it, in every reminder", () => {
    for (const kind of ["reminder", "grace-reminder"] as const) {
      const { text } = compose({ kind, ownerName, token, earliestMs: when });
      expect(text).toContain("Thursday 6 May 2027 at 07:08 UTC");
      expect(text).toContain("disarm");
    }
  });

  it("name the earliest moment at which a loosening can bind, how to stop it, and that nothing is to be done by who did it", () => {
    const { text } = compose({ kind: "loosening", ownerName, bindsAtMs: when });
    expect(text).toContain("The earliest moment at which it can be is Thursday 6 May 2027 at 07:08 UTC");
    expect(text).toContain("sign in, look at your bequests, and disarm the one that was changed, or arm it anew");
    expect(text).toContain("If it was you, nothing is to be done.");
  });

  it("name until when a restore holds everything at the least, and what ends it", () => {
    const { text } = compose({ kind: "held", ownerName, untilMs: when });
    expect(text).toContain("everything stays as it is until Thursday 6 May 2027 at 07:08 UTC at the earliest");
    expect(text).toContain("Please sign in and check in.");
    expect(text).not.toContain("#");
  });

  it("give a hostile name no way to link, break a header, or turn the text around", () => {
    const name = 'Ada <a href="https://evil.example">http://evil.example/x\r\nBcc: a@b.example \u202ereversed';
    for (const kind of ["invitation", "fresh-link"] as const) {
      const { subject, text, html = "" } = compose({ kind, ownerName: name, token });
      expect(subject).not.toMatch(/[\r\n\u202e]/);
      expect(`${text}${html}`).not.toMatch(/evil\.example|b\.example|href="https:\/\/evil|\u202e/);
    }
  });
});

describe("an owner's public name", () => {
  it.each([
    ["Ada Lovelace", "Ada Lovelace"],
    ["Dr. Ada", "Dr. Ada"],
    ["J.R.R. Tolkien", "J. R. R. Tolkien"],
    ["علی‌رضا", "علی‌رضا"],
    ["https://evil.example", "https evil. example"],
    ["a@b.c", "a b. c"],
    ["\u202e\u200b", "Somebody"],
    ["x".repeat(120), "x".repeat(60)],
  ])("%j stands in a mail as %j", (name, shown) => {
    expect(plainName(name)).toBe(shown);
  });
});
