import { aManualClock } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";

describe("the limiter of attempts", () => {
  it("lets so many through in ten minutes, says when to come back, and counts each name apart", () => {
    const clock = aManualClock();
    const limiter = createRateLimiter(clock);
    for (let i = 0; i < 3; i++) limiter.take("a", 3);
    clock.advance(60_000);
    expect(() => limiter.take("a", 3)).toThrow(
      expect.objectContaining({ code: "too-many-attempts", retryAfterMs: 540_000 }),
    );
    expect(() => limiter.take("b", 3)).not.toThrow();
    clock.advance(540_000);
    expect(() => limiter.take("a", 3)).not.toThrow();
  });

  it("stays small under a flood of names", () => {
    const limiter = createRateLimiter(aManualClock());
    limiter.take("first", 1);
    for (let i = 0; i < 60_000; i++) limiter.take(`name-${i}`, 1);
    expect(() => limiter.take("first", 1)).not.toThrow();
    expect(() => limiter.take("name-59999", 1)).toThrow();
  });
});
