import { argon2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { stretchWithArgon2 } from "./argon2.ts";

const [secret, salt] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(9)];

describe("another program's Argon2", () => {
  it("is the same as OpenSSL's for each kind and several lanes", async () => {
    for (const variant of ["argon2d", "argon2id"] as const)
      for (const [memoryKiB, passes, lanes] of [
        [64, 1, 1],
        [1024, 3, 4],
      ] as const) {
        const expected = argon2Sync(variant, {
          message: secret,
          nonce: salt,
          memory: memoryKiB,
          passes,
          parallelism: lanes,
          tagLength: 32,
        });
        const cost = { variant, memoryKiB, passes, lanes, version: 0x13 } as const;
        expect(Buffer.from(await stretchWithArgon2(secret, salt, cost, undefined))).toEqual(expected);
      }
  });

  it("knows the version before RFC 9106, and runs where there is no WebAssembly", async () => {
    const cost = { variant: "argon2d", memoryKiB: 64, passes: 2, lanes: 1 } as const;
    const now = await stretchWithArgon2(secret, salt, { ...cost, version: 0x13 }, undefined);
    const before = await stretchWithArgon2(secret, salt, { ...cost, version: 0x10 }, undefined);
    expect(before).not.toEqual(now);
    const { WebAssembly } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, "WebAssembly");
      expect(await stretchWithArgon2(secret, salt, { ...cost, version: 0x13 }, undefined)).toEqual(now);
    } finally {
      Object.defineProperty(globalThis, "WebAssembly", { value: WebAssembly, configurable: true, writable: true });
    }
  });
});
