import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { aSplitClock } from "../testing/a-clock.ts";
import { postProbeTo, Probe } from "./probe.ts";

const validMs = 300_000;

describe("the probe", () => {
  it("is good for its time when the nonce came in and the answer carried it back", async () => {
    const clock = aSplitClock();
    const probe: Probe = new Probe(async (nonce) => probe.arrive(nonce).echo, clock, validMs);
    expect(probe.isGoodAt(clock.monotonicMs())).toBe(false);
    await probe.run();
    clock.advance(validMs);
    expect(probe.isGoodAt(clock.monotonicMs())).toBe(true);
    clock.advance(1);
    expect(probe.isGoodAt(clock.monotonicMs())).toBe(false);
  });

  it("does not believe an answer whose nonce never came in over the internal contract", async () => {
    const clock = aSplitClock();
    const probe = new Probe(async (nonce) => nonce, clock, validMs);
    await probe.run();
    expect(probe.isGoodAt(clock.monotonicMs())).toBe(false);
  });

  it("does not believe an arrival whose answer carried something else back", async () => {
    const clock = aSplitClock();
    const probe: Probe = new Probe(
      async (nonce) => {
        probe.arrive(nonce);
        return encodeBase64url(randomBytes(32));
      },
      clock,
      validMs,
    );
    await probe.run();
    expect(probe.isGoodAt(clock.monotonicMs())).toBe(false);
  });

  it("refuses a nonce that it did not send, and one that is over", async () => {
    let [sent, refusal]: [string, unknown] = ["", null];
    const probe: Probe = new Probe(
      async (nonce) => {
        sent = nonce;
        // Why caught here: a probe takes whatever is thrown on its way for a failure.
        try {
          probe.arrive(encodeBase64url(randomBytes(32)));
        } catch (error) {
          refusal = error;
        }
        return probe.arrive(nonce).echo;
      },
      aSplitClock(),
      validMs,
    );
    await probe.run();
    expect(String(refusal)).toContain("probe-unknown");
    expect(sent).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(() => probe.arrive(sent)).toThrow("probe-unknown");
  });

  it("is not sent again before a quarter of the time for which it is good", async () => {
    const clock = aSplitClock();
    clock.advance(validMs);
    let sent = 0;
    const probe: Probe = new Probe(async (nonce) => (sent++, probe.arrive(nonce).echo), clock, validMs);
    await probe.run();
    clock.advance(validMs / 4 - 1);
    await probe.run();
    expect(sent).toBe(1);
    clock.advance(1);
    await probe.run();
    expect(sent).toBe(2);
  });
});

describe("the real way out", () => {
  it("posts the nonce to the public address, and takes nothing but a whole answer for one", async () => {
    let answer: { status: number; body: string } = { status: 200, body: '{"echo":"back"}' };
    const heard: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        heard.push(`${request.method} ${request.url} ${body}`);
        response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = server.address();
      const post = postProbeTo(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
      expect([await post("there"), heard]).toEqual(["back", ['POST /v1/probe {"nonce":"there"}']]);
      for (const refused of [{ status: 500 }, { body: '{"echo":"back","more":1}' }, { body: "no JSON" }]) {
        answer = { status: 200, body: '{"echo":"back"}', ...refused };
        await expect(post("there")).rejects.toThrow();
      }
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
