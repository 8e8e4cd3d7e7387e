import { argon2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { argon2id } from "./argon2.ts";

const salt = new Uint8Array(16).fill(2);
const cost = { memoryKiB: 19_456, passes: 2, lanes: 1 };

describe("argon2id", () => {
  it("gives what OpenSSL gives", async () => {
    const theirs = argon2Sync("argon2id", {
      message: "correct horse",
      nonce: salt,
      parallelism: 1,
      tagLength: 32,
      memory: 19_456,
      passes: 2,
    });
    expect([...(await argon2id("correct horse", salt, cost))]).toEqual([...theirs]);
  });

  it("reads the same characters from two keyboards as the same passphrase", async () => {
    expect(await argon2id("Zoë's café", salt, cost)).toEqual(await argon2id("Zoe\u0308's cafe\u0301", salt, cost));
  });

  it("refuses costs that a hostile record may name", async () => {
    await expect(argon2id("x", salt, { ...cost, memoryKiB: 8 })).rejects.toThrow();
    await expect(argon2id("x", salt, { ...cost, memoryKiB: 2 ** 30 })).rejects.toThrow();
    await expect(argon2id("x", salt, { ...cost, passes: 10_000 })).rejects.toThrow();
    await expect(argon2id("x", new Uint8Array(8), cost)).rejects.toThrow();
  });
});
