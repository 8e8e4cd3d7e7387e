import { describe, expect, it } from "vitest";
import { acceptedTotpStep, leftOfLockOut, lockOutMs, makeTotpSecret } from "./second-factor.ts";

// RFC 6238 appendix B, SHA-1, the last six of its eight digits. The seed is the ASCII text 12345678901234567890.
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const vectors: [number, string][] = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
];
const at = (seconds: number, code: string, afterStep = -1) =>
  acceptedTotpStep({ secret, code, nowMs: seconds * 1000, afterStep });

describe("the second factor", () => {
  it("accepts the codes of RFC 6238 and names their step", () => {
    for (const [seconds, code] of vectors) expect(at(seconds, code)).toBe(Math.floor(seconds / 30));
  });

  it("accepts a code one step early or late, and not two", () => {
    const [seconds, code] = [1_234_567_890, "005924"];
    const step = Math.floor(seconds / 30);
    expect([at((step - 1) * 30, code), at((step + 1) * 30 + 29, code)]).toEqual([step, step]);
    expect([at((step - 2) * 30 + 29, code), at((step + 2) * 30, code)]).toEqual([null, null]);
  });

  it("accepts no code of a step that was used, or of an earlier one", () => {
    const step = Math.floor(1_234_567_890 / 30);
    expect(at(1_234_567_890, "005924", step - 1)).toBe(step);
    expect(at(1_234_567_890, "005924", step)).toBeNull();
    expect(at(1_234_567_890, "005924", step + 1)).toBeNull();
  });

  it("has a seed of 160 bits", () => {
    expect(makeTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(makeTotpSecret()).not.toBe(makeTotpSecret());
  });

  it("makes one wait from the fifth wrong code on, longer each time, an hour at most", () => {
    expect([1, 4, 5, 6, 7, 12, 500].map(lockOutMs)).toEqual([0, 0, 30_000, 60_000, 120_000, 3_600_000, 3_600_000]);
  });

  it("is not opened by a node whose clock is a little behind the one that set the wait", () => {
    const now = 1_234_567_890_000;
    expect([1, 30_000, 60_000].map((behindMs) => leftOfLockOut(now + 3_600_000, now - behindMs))).toEqual([
      3_600_001, 3_630_000, 3_660_000,
    ]);
  });

  it("makes nobody wait for an end that a wrong clock has set", () => {
    const now = 1_234_567_890_000;
    expect([now - 1, now, now + 30_000, now + 3_600_000].map((end) => leftOfLockOut(end, now))).toEqual([
      0, 0, 30_000, 3_600_000,
    ]);
    expect(leftOfLockOut(now + 14 * 365 * 86_400_000, now)).toBe(0);
  });
});
