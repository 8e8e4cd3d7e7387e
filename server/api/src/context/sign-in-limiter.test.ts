import { aManualClock } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { createSignInLimiter } from "./sign-in-limiter.ts";

const limits = { perAddressAndAccount: 3, perAccount: 10 };
const owner = { address: "192.0.2.1", account: "ada" };
const attacker = (i: number) => ({ address: `198.51.100.${i}`, account: "ada" });

describe("the limiter of sign-ins", () => {
  it("makes an address wait after failures at one account, and neither others at it nor it at others", () => {
    const limiter = createSignInLimiter(aManualClock(), limits);
    for (let i = 0; i < 3; i++) limiter.begin(attacker(1));
    expect(() => limiter.begin(attacker(1))).toThrow(expect.objectContaining({ retryAfterMs: 600_000 }));
    expect(() => limiter.begin(owner)).not.toThrow();
    expect(() => limiter.begin({ ...attacker(1), account: "grace" })).not.toThrow();
  });

  it("counts no success", () => {
    const limiter = createSignInLimiter(aManualClock(), limits);
    for (let i = 0; i < 50; i++) {
      limiter.begin(owner);
      limiter.succeed(owner);
    }
    for (let i = 0; i < 3; i++) limiter.begin(owner);
    expect(() => limiter.begin(owner)).toThrow();
  });

  it("counts attempts that are still under way", () => {
    const limiter = createSignInLimiter(aManualClock(), limits);
    for (let i = 0; i < 3; i++) limiter.begin(owner);
    expect(() => limiter.begin(owner)).toThrow();
    limiter.succeed(owner);
    expect(() => limiter.begin(owner)).not.toThrow();
  });

  it("slows everybody at an account that is attacked from everywhere, and keeps nobody out", () => {
    const clock = aManualClock();
    const limiter = createSignInLimiter(clock, limits);
    for (let i = 0; i < 10; i++) limiter.begin(attacker(i));
    for (let i = 0; i < 100; i++) limiter.begin(attacker(100 + i));
    expect(() => limiter.begin(owner)).not.toThrow();
    expect(() => limiter.begin(owner)).toThrow(expect.objectContaining({ retryAfterMs: 30_000 }));
    clock.advance(30_000);
    expect(() => limiter.begin(owner)).not.toThrow();
  });
});
