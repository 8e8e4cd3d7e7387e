import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startTicking } from "./start-ticking.ts";

const everyMs = 60_000;

describe("ticking", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("begins at once, goes on at its pace whatever fails, and ends when it is stopped", async () => {
    const [ticks, errors]: [number[], unknown[]] = [[], []];
    const tick = async () => {
      ticks.push(Date.now());
      if (ticks.length === 2) throw new Error("disk full");
    };
    const ticking = startTicking(tick, everyMs, (error) => errors.push(String(error)));
    expect(ticks).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2 * everyMs);
    expect(ticks).toHaveLength(3);
    expect(errors).toEqual(["Error: disk full"]);
    await ticking.stop();
    await vi.advanceTimersByTimeAsync(5 * everyMs);
    expect(ticks).toHaveLength(3);
  });

  it("never runs two at once, and a stop waits for the one that runs and lets no other begin", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let begun = 0;
    const ticking = startTicking(() => (begun++, promise), everyMs, () => {}); // prettier-ignore
    await vi.advanceTimersByTimeAsync(5 * everyMs);
    expect(begun).toBe(1);
    let isOver = false;
    const stopped = ticking.stop().then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(everyMs);
    expect(isOver).toBe(false);
    resolve();
    await stopped;
    await vi.advanceTimersByTimeAsync(5 * everyMs);
    expect(begun).toBe(1);
  });
});
