import { describe, expect, it } from "vitest";
import { aSlowMailServer, type SlowMailServer, type SlowStep } from "../testing/a-slow-mail-server.ts";
import { mailTimes } from "./mail-times.ts";
import { createMailer, type Mailer } from "./mailer.ts";

const minute = 60_000;
const times = { greetingMs: 1000, silenceMs: 1000, wholeMs: 1500 };
const mail = { to: "ada@example.org", subject: "Hello", text: "A word." };

async function withSlowServer(
  step: SlowStep,
  pace: { afterMs: number; dripEveryMs?: number },
  work: (mailer: Mailer, server: SlowMailServer) => Promise<void>,
): Promise<void> {
  const server = await aSlowMailServer(step, pace);
  const mailer = createMailer({ smtpUrl: server.smtpUrl, from: "afterkeep@localhost", times });
  try {
    await work(mailer, server);
  } finally {
    mailer.close();
    await server.close();
  }
}

/** How long it took until it ended so. */
async function endOf(sending: Promise<unknown>, code: string): Promise<number> {
  const before = performance.now();
  await expect(sending).rejects.toMatchObject({ code });
  return performance.now() - before;
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
    withSlowServer(step, { afterMs: 700 }, async (mailer, { contents }) => {
      expect(await mailer.sendMail(mail)).toMatchObject({ accepted: true });
      expect(contents).toHaveLength(1);
    }),
  );

  it.each([
    ["greeting", "mail-unavailable", 1000],
    ["rcpt", "mail-unanswered", 1000],
    ["dot", "mail-unanswered", 1000],
  ] as const)("ends where nothing is heard: %s", (step, code, limitMs) =>
    withSlowServer(step, { afterMs: 20_000 }, async (mailer) => {
      const ms = await endOf(mailer.sendMail(mail), code);
      expect([ms >= limitMs - 20, ms < limitMs + 450]).toEqual([true, true]);
    }),
  );

  it.each(["rcpt", "dot"] as const)("ends in all where a server says something now and then: %s", (step) =>
    withSlowServer(step, { afterMs: 4000, dripEveryMs: 100 }, async (mailer, { contents, sessions }) => {
      const ms = await endOf(mailer.sendMail(mail), "mail-unanswered");
      expect([ms >= 1480, ms < 2500]).toEqual([true, true]);
      await expect.poll(() => sessions.size).toBe(0);
      expect(contents).toHaveLength(step === "dot" ? 1 : 0);
    }),
  );
});

describe("a mailer that is closed", () => {
  it("ends what is on its way, of which nobody knows whether it left, and sends nothing more", () =>
    withSlowServer("dot", { afterMs: 20_000 }, async (mailer, { contents, sessions }) => {
      const ended = endOf(mailer.sendMail(mail), "mail-unanswered");
      await expect.poll(() => contents.length).toBe(1);
      mailer.close();
      expect(await ended).toBeLessThan(900);
      await expect.poll(() => sessions.size).toBe(0);
      await endOf(mailer.sendMail(mail), "mail-unavailable");
    }));
});
