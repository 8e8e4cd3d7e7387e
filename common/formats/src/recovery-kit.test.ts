import { describe, expect, it } from "vitest";
import { encodeBase64url, MalformedError, newId, randomBytes } from "@afterkeep/bytes";
import { sign, verify } from "@afterkeep/crypto";
import { formatRecoveryKit, kitRevocationKey, parseRecoveryKit } from "./recovery-kit.ts";

const kit = {
  account: newId(1_700_000_000_000),
  secret: Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256),
  keyholder: encodeBase64url(randomBytes(32)),
};
const text = formatRecoveryKit(kit);

describe("recovery kit", () => {
  it("is read back from its print", () => {
    expect(parseRecoveryKit(text)).toEqual(kit);
    expect(text).toMatch(/^AFTERKEEP RECOVERY KIT 1\n/);
  });

  it("is read back when typed: other spacing, capitals, without numbers, with notes around it", () => {
    const [before = "", after = ""] = text.split("Words:");
    const [words = "", check = ""] = after.split("Check:");
    const typed = `my kit\r\n${before}words:${words.replace(/\d+/g, "").replace(/\s+/g, "\r\n").toUpperCase()}CHECK:${check.toUpperCase()}`;
    expect(parseRecoveryKit(typed)).toEqual(kit);
  });

  it("is refused with a word, account, keyholder or check of another kit", () => {
    const other = formatRecoveryKit({
      account: newId(0),
      secret: randomBytes(32),
      keyholder: encodeBase64url(randomBytes(32)),
    });
    const part = (of: string, from: string, to: string) => of.slice(of.indexOf(from), of.indexOf(to));
    for (const [from, to] of [
      ["Account:", "Keyholder:"],
      ["Keyholder:", "Words:"],
      ["Words:", "Check:"],
    ] as const) {
      expect(() => parseRecoveryKit(text.replace(part(text, from, to), part(other, from, to)))).toThrow(MalformedError);
    }
    expect(() => parseRecoveryKit(text.replace(/Check: .*/, "Check: 00000-00000"))).toThrow(MalformedError);
    expect(() => parseRecoveryKit(text.replace(/Check: .*/, ""))).toThrow(MalformedError);
    expect(() => parseRecoveryKit("")).toThrow(MalformedError);
  });

  it("has its own revocation key, bound to the account", () => {
    const key = kitRevocationKey(kit);
    expect(verify(sign(kit.secret, key), kit.secret, key.publicKey)).toBe(true);
    expect(kitRevocationKey(kit)).toEqual(key);
    expect(kitRevocationKey({ ...kit, account: newId(5) }).publicKey).not.toEqual(key.publicKey);
    expect(key.seed).not.toEqual(kit.secret);
  });
});
