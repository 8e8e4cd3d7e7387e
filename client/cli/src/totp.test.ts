import { describe, expect, it } from "vitest";
import { totpCode, totpStep } from "./totp.ts";

// RFC 6238 Appendix B, SHA-1, the last six of its eight digits; the secret is "12345678901234567890".
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("a time-based code", () => {
  it.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("at %i s is %s", (seconds, code) => {
    expect(totpCode(secret, totpStep(seconds * 1000))).toBe(code);
  });

  it("reads secrets as people type them, and refuses others", () => {
    expect(totpCode("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", 1)).toBe(totpCode(secret, 1));
    expect(() => totpCode("not base32!", 1)).toThrow("base32");
  });
});
