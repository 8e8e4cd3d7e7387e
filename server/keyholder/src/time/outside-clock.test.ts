import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { askTimeOver, isCertificateOutOfDate, OutsideClock, type TimeAnswer } from "./outside-clock.ts";

const minuteMs = 60_000;
const now = Date.UTC(2026, 5, 1, 12);

async function hearing(...answers: (TimeAnswer | Error)[]): Promise<OutsideClock> {
  const left = [...answers];
  const outside = new OutsideClock(
    answers.map((_, i) => `https://${i}.example`),
    async () => {
      const answer = left.shift() ?? null;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  );
  await outside.look(() => 0);
  return outside;
}

describe("an outside clock", () => {
  it.each([
    ["agrees within two minutes", [now + 2 * minuteMs], "agrees"],
    ["differs beyond", [now + 2 * minuteMs + 1], "differs"],
    ["agrees where two of three do", [now, now - minuteMs, now + 9e9], "agrees"],
    ["differs where one of two does", [now, now + 9e9], "differs"],
    ["leaves out who does not answer", [now, null, new Error("away")], "agrees"],
    ["is silent where nobody answers", [null, new Error("away")], "silent"],
    ["is no confirmation where a certificate is out of date by our clock", ["certificate-out-of-date"], "differs"],
  ] as const)("%s", async (_, answers, verdict) => {
    const outside = await hearing(...answers);
    expect(outside.judge({ wallMs: now, monotonicMs: 0 })).toBe(verdict);
  });

  it("is carried on by the monotonic clock for five minutes, and silent after them", async () => {
    const outside = await hearing(now);
    expect(outside.judge({ wallMs: now + 5 * minuteMs, monotonicMs: 5 * minuteMs })).toBe("agrees");
    expect(outside.judge({ wallMs: now, monotonicMs: 5 * minuteMs })).toBe("differs");
    expect(outside.judge({ wallMs: now + 5 * minuteMs + 1, monotonicMs: 5 * minuteMs + 1 })).toBe("silent");
  });

  it("is asked every four minutes at most, and silent before", async () => {
    let asked = 0;
    const outside = new OutsideClock(["https://one.example"], async () => {
      asked++;
      return now;
    });
    expect(outside.judge({ wallMs: now, monotonicMs: 0 })).toBe("silent");
    const begun = 60 * minuteMs;
    for (const at of [0, 1, 4 * minuteMs - 1, 4 * minuteMs]) await outside.look(() => begun + at);
    expect(asked).toBe(2);
  });
});

async function served(answer: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("asking over HTTP", () => {
  const ask = askTimeOver(500);

  it("reads the date of whatever comes, follows nothing, and adds the age of a cache's answer", () =>
    served(
      (request, response) => {
        expect([request.method, request.url]).toEqual(["HEAD", "/"]);
        response.writeHead(302, { date: new Date(now).toUTCString(), age: "90", location: "/elsewhere" }).end();
      },
      async (url) => expect(await ask(url)).toBe(now + 90_000),
    ));

  it("takes the date as it is where no cache owns up to an age", () =>
    served(
      (_request, response) => void response.writeHead(200, { date: new Date(now).toUTCString() }).end(),
      async (url) => expect(await ask(url)).toBe(now),
    ));

  it("tells of a certificate that is out of date, and throws what else failed", async () => {
    for (const [code, answer] of [
      ["CERT_HAS_EXPIRED", "certificate-out-of-date"],
      ["ECONNREFUSED", null],
    ] as const) {
      const failed = new TypeError("fetch failed", { cause: Object.assign(new Error("tls"), { code }) });
      vi.stubGlobal("fetch", () => Promise.reject(failed));
      if (answer === null) await expect(ask("https://one.example/")).rejects.toBe(failed);
      else expect(await ask("https://one.example/")).toBe(answer);
    }
  });

  it("hears nothing in an answer without a date", () =>
    served(
      (_request, response) => {
        response.sendDate = false;
        response.end();
      },
      async (url) => expect(await ask(url)).toBeNull(),
    ));

  it("throws where nobody answers, and in time where somebody is slow", () =>
    served(
      () => {},
      async (url) => {
        await expect(ask(url)).rejects.toThrow();
        await expect(ask("http://127.0.0.1:1/")).rejects.toThrow();
      },
    ));

  it("knows a certificate that is out of date by our clock from other failures", () => {
    const failed = (code: string) =>
      new TypeError("fetch failed", { cause: Object.assign(new Error("tls"), { code }) });
    expect(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"].map((code) => isCertificateOutOfDate(failed(code)))).toEqual([
      true,
      true,
    ]);
    const noError = new TypeError("fetch failed", { cause: { code: "CERT_HAS_EXPIRED" } });
    for (const other of [failed("ECONNREFUSED"), new Error("other"), noError, "text", null, undefined])
      expect(isCertificateOutOfDate(other)).toBe(false);
  });
});
