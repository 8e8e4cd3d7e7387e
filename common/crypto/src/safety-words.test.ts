import { pbkdf2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeUtf8, type Id, parseId } from "@afterkeep/bytes";
import { safetyWords, type StretchWords } from "./safety-words.ts";
import { decodeKeyWords, encodeKeyWords, wordsOfBits } from "./words.ts";

const account: Id = parseId("AAECAwQFBgcICQoLDA0ODw");
const ownerKey = new Uint8Array(32).fill(3);
const native: StretchWords = async (password, salt, rounds, length) =>
  new Uint8Array(pbkdf2Sync(password, salt, rounds, length, "sha512"));

describe("safety words", () => {
  it("are the same from the JavaScript and the platform's PBKDF2", async () => {
    const own = await safetyWords(account, ownerKey, "age1pq1xyz");
    expect(own).toEqual(await safetyWords(account, ownerKey, "age1pq1xyz", native));
    expect(own.words).toHaveLength(8);
    expect(own.digits).toMatch(/^(\d{3} ){8}\d{3}$/);
  });

  it("change with the account, the owner's key and the recipient's key", async () => {
    const all = await Promise.all([
      safetyWords(account, ownerKey, "age1pq1xyz", native),
      safetyWords(parseId("AAECAwQFBgcICQoLDA0OEA"), ownerKey, "age1pq1xyz", native),
      safetyWords(account, encodeUtf8("x".repeat(32)), "age1pq1xyz", native),
      safetyWords(account, ownerKey, "age1pq1xyy", native),
    ]);
    expect(new Set(all.map(({ words }) => words.join(" "))).size).toBe(4);
    expect(new Set(all.map(({ digits }) => digits)).size).toBe(4);
  });
});

describe("key words", () => {
  it("bring 32 bytes back, whatever the case", () => {
    const secret = Uint8Array.from({ length: 32 }, (_, i) => i * 7);
    const words = encodeKeyWords(secret);
    expect(words).toHaveLength(24);
    expect(decodeKeyWords(words.map((word) => word.toUpperCase()))).toEqual(secret);
  });

  it("refuse a wrong, a missing and a swapped word", () => {
    const words = encodeKeyWords(new Uint8Array(32).fill(5).map((byte, i) => byte + i));
    const [first = "", second = "", ...rest] = words;
    for (const wrong of [["zzzz", second, ...rest], words.slice(1), [second, first, ...rest]]) {
      expect(() => decodeKeyWords(wrong)).toThrow("24 recovery words");
    }
  });

  it("take 11 bits each, first bit first", () => {
    expect(wordsOfBits(Uint8Array.of(0x00, 0x20, 0x04), 2)).toEqual(["ability", "ability"]);
    expect(() => wordsOfBits(new Uint8Array(10), 8)).toThrow();
  });
});
