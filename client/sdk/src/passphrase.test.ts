import { describe, expect, it } from "vitest";
import { PassphraseError } from "./errors.ts";
import { judgePassphrase, requireGoodPassphrase } from "./passphrase.ts";

describe("a passphrase", () => {
  it.each([
    "correct horse battery staple",
    "lantern gravel otter midnight",
    "kT9#vLq2@xPw",
    "Vier Wörter ohne Zusammenhang 7",
    "hrtzblk vrnmpf qstw",
  ])("like %s is good", (passphrase) => {
    expect(judgePassphrase(passphrase)).toMatchObject({ ok: true, reason: "" });
  });

  it.each([
    ["short", "too-short"],
    ["elevenchars", "too-short"],
    ["password123456", "common"],
    ["P4ssw0rd!P4ssw0rd!", "common"],
    ["qwertzuiop1234", "common"],
    ["aaaaaaaaaaaaaa", "too-simple"],
    ["123456789012345", "too-simple"],
    ["Sommer2024!!!", "too-simple"],
    ["iloveyouiloveyou", "too-simple"],
    ["abcdefghijklmnop", "too-simple"],
  ])("like %s is refused as %s or worse", (passphrase) => {
    expect(judgePassphrase(passphrase).ok).toBe(false);
    expect(() => requireGoodPassphrase(passphrase)).toThrow(PassphraseError);
  });

  it("is worth less when it is made of what everybody knows about its owner", () => {
    const hints = ["ada.lovelace@example.org", "Ada Lovelace"];
    expect(judgePassphrase("lovelace ada example 1").bits).toBeGreaterThan(
      judgePassphrase("lovelace ada example 1", hints).bits,
    );
    expect(judgePassphrase("ada lovelace ada", hints).ok).toBe(false);
  });

  it("is counted in characters that people see", () => {
    expect(judgePassphrase("😀😀😀😀😀😀").reason).toBe("too-short");
  });

  it("never stands in the refusal", () => {
    expect(() => requireGoodPassphrase("hunter2hunter2")).toThrow(/^(?!.*hunter2)/);
  });
});
