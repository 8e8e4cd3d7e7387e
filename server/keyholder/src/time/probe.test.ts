import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { aSplitClock } from "../testing/a-clock.ts";
import { Probe } from "./probe.ts";

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
    let sent = "";
    const probe: Probe = new Probe(
      async (nonce) => {
        sent = nonce;
        expect(nonce).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(() => probe.arrive(encodeBase64url(randomBytes(32)))).toThrow("probe-unknown");
        return probe.arrive(nonce).echo;
      },
      aSplitClock(),
      validMs,
    );
    await probe.run();
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
