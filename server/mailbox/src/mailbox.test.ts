import { request } from "node:http";
import { createMailer, type Mail, type ZoneRuntime } from "@afterkeep/platform";
import { withMachine } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { startMailbox } from "./start-mailbox.ts";

const ports = { mailboxPort: 20_521, smtpPort: 20_525 };
const page = `http://127.0.0.1:${ports.mailboxPort}`;

async function withMailbox(work: (zone: ZoneRuntime, restart: () => Promise<void>) => Promise<void>): Promise<void> {
  await withMachine(async (machine) => {
    const zone = await machine.zone("mailbox", ports);
    let running = await startMailbox(zone);
    try {
      await work(zone, async () => {
        await running.stop();
        running = await startMailbox(zone);
      });
    } finally {
      await running.stop();
    }
  });
}

async function send(mail: Partial<Mail>): Promise<void> {
  const mailer = createMailer({
    smtpUrl: `smtp://127.0.0.1:${ports.smtpPort}`,
    from: "Afterkeep <keeper@example.org>",
  });
  const sent = await mailer.sendMail({ to: "ada@example.org", subject: "Hello", text: "A word.", ...mail });
  expect(sent.accepted).toBe(true);
  mailer.close();
}

async function list(
  to = "",
): Promise<{ id: string; to: string[]; subject: string; text: string; html: string | null }[]> {
  const { messages } = await (await fetch(`${page}/messages.json?to=${encodeURIComponent(to)}`)).json();
  return messages;
}

function askAsHost(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: ports.mailboxPort, path: "/", headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end();
  });
}

describe("the mailbox", () => {
  it("keeps what arrives over SMTP and tells it as JSON, newest first, also after a restart", () =>
    withMailbox(async (_zone, restart) => {
      await send({ subject: "Übersicht ✓", text: "Grüße\nhttps://example.org/x" });
      await send({ to: "grace@example.org", subject: "Second", html: "<b>Second</b>" });
      await restart();
      expect((await list()).map(({ subject }) => subject)).toEqual(["Second", "Übersicht ✓"]);
      expect(await list("GRACE@example.org")).toMatchObject([
        { to: ["grace@example.org"], html: expect.stringContaining("<b>") },
      ]);
      expect((await list("ada@example.org"))[0]?.text).toContain("Grüße");
    }));

  it("shows a mail as text with links that can be followed", () =>
    withMailbox(async () => {
      await send({ text: "Confirm here: http://localhost:8420/c#t=a&b=c." });
      const [message] = await list();
      const shown = await (await fetch(`${page}/messages/${message?.id}`)).text();
      expect(shown).toContain('<a href="http://localhost:8420/c#t=a&amp;b=c" rel="noreferrer noopener">');
      const original = await fetch(`${page}/messages/${message?.id}.eml`);
      expect(original.headers.get("content-type")).toContain("text/plain");
    }));

  it("runs nothing that a mail brings along", () =>
    withMailbox(async () => {
      const hostile = `<script>alert(1)</script><img src=x onerror=alert(1)> http://x/"onmouseover="alert(1)`;
      await send({ subject: hostile, text: hostile, html: hostile });
      const [message] = await list();
      for (const path of ["/", `/messages/${message?.id}`]) {
        const response = await fetch(page + path);
        const shown = await response.text();
        expect(shown).not.toMatch(/<script|<img|"onmouseover/);
        expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      }
    }));

  it("answers to its local names alone, so that no web page can read it under another", () =>
    withMailbox(async () => {
      expect(await askAsHost(`localhost:${ports.mailboxPort}`)).toBe(200);
      expect(await askAsHost("attacker.example")).toBe(404);
    }));

  it("has nothing under other paths", () =>
    withMailbox(async () => {
      for (const path of ["/messages/none", "/messages/..%2f..%2fmode.json", "/messages/none.eml", "/x"])
        expect((await fetch(page + path)).status).toBe(404);
    }));

  it("does not exist in production", () =>
    withMachine(async (machine) => {
      const zone = await machine.zone("mailbox", { ...ports, mode: "production" });
      await expect(startMailbox(zone)).rejects.toMatchObject({ code: "mailbox-in-production" });
    }));
});

describe("the mailer", () => {
  it("says that mail is unavailable when nobody listens", async () => {
    const mailer = createMailer({ smtpUrl: "smtp://127.0.0.1:20526", from: "x@example.org" });
    await expect(mailer.sendMail({ to: "a@example.org", subject: "", text: "" })).rejects.toMatchObject({
      code: "mail-unavailable",
    });
    mailer.close();
  });
});
