import { describe, expect, it } from "vitest";
import { aSlowMailServer, type SlowMailServer, type SlowStep } from "../testing/a-slow-mail-server.ts";
import { type MailTimes, mailTimes } from "./mail-times.ts";
import { createMailer, type Mailer } from "./mailer.ts";

const minute = 60_000;
const times = { greetingMs: 2000, silenceMs: 2000, wholeMs: 3000 };
/** Longer than any test waits. */
const neverMs = 600_000;
const mail = { to: "ada@example.org", subject: "Hello", text: "A word." };

async function withSlowServer(
  step: SlowStep,
  pace: { afterMs: number; dripEveryMs?: number; times?: MailTimes },
  work: (mailer: Mailer, server: SlowMailServer) => Promise<void>,
): Promise<void> {
  const server = await aSlowMailServer(step, pace);
  const mailer = createMailer({ smtpUrl: server.smtpUrl, from: "afterkeep@localhost", times: pace.times ?? times });
  try {
    await work(mailer, server);
  } finally {
    mailer.close();
    await server.close();
  }
}

describe("how long a mail server may take", () => {
  it("is what RFC 5321 §4.5.3.2 has a client grant at least", () => {
    const [greeting, mailFrom, rcpt, data, block, dot] = [5, 5, 5, 2, 3, 10].map((minutes) => minutes * minute);
    expect(mailTimes.greetingMs).toBeGreaterThanOrEqual(greeting ?? Infinity);
    expect(mailTimes.silenceMs).toBeGreaterThanOrEqual(Math.max(...[mailFrom, rcpt, data, block, dot].map(Number)));
    const steps = [greeting, mailFrom, rcpt, data, block, dot].map(Number);
    expect(mailTimes.wholeMs).toBeGreaterThanOrEqual(steps.reduce((sum, one) => sum + one, 0));
  });

  it.each(["greeting", "rcpt", "dot"] as const)("lets one be heard that takes its time: %s", (step) =>
    withSlowServer(step, { afterMs: 500 }, async (mailer, { contents }) => {
      expect(await mailer.sendMail(mail)).toMatchObject({ accepted: true });
      expect(contents).toHaveLength(1);
    }),
  );

  it.each([
    ["greeting", "mail-unavailable"],
    ["rcpt", "mail-unanswered"],
    ["dot", "mail-unanswered"],
  ] as const)("ends where nothing is heard: %s", (step, code) =>
    withSlowServer(step, { afterMs: neverMs }, async (mailer) => {
      await expect(mailer.sendMail(mail)).rejects.toMatchObject({ code });
    }),
  );

  it.each(["rcpt", "dot"] as const)("ends in all where a server says something now and then: %s", (step) =>
    withSlowServer(step, { afterMs: neverMs, dripEveryMs: 100 }, async (mailer, { contents, sessions }) => {
      await expect(mailer.sendMail(mail)).rejects.toMatchObject({ code: "mail-unanswered" });
      await expect.poll(() => sessions.size).toBe(0);
      expect(contents).toHaveLength(step === "dot" ? 1 : 0);
    }),
  );
});

describe("a mailer that is closed", () => {
  it("ends what is on its way, of which nobody knows whether it left, and sends nothing more", () =>
    withSlowServer("dot", { afterMs: neverMs, times: mailTimes }, async (mailer, { contents, sessions }) => {
      const ended = expect(mailer.sendMail(mail)).rejects.toMatchObject({ code: "mail-unanswered" });
      await expect.poll(() => contents.length).toBe(1);
      mailer.close();
      await ended;
      await expect.poll(() => sessions.size).toBe(0);
      await expect(mailer.sendMail(mail)).rejects.toMatchObject({ code: "mail-unavailable" });
    }));
});
