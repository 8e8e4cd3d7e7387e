import { aManualClock } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import { createTenantDeks } from "./tenant-deks.ts";

describe("a tenant's key in memory", () => {
  it("is unwrapped once in five minutes, for each wrapped form of its own", async () => {
    const asked: string[] = [];
    const clock = aManualClock();
    const deks = createTenantDeks(
      {
        createDek: async () => ({ dek: "AAAA", wrapped: "w" }),
        unwrapDek: async ({ tenant, wrapped }) => {
          asked.push(`${tenant} ${wrapped}`);
          return { dek: Buffer.alloc(32, asked.length).toString("base64url") };
        },
      },
      clock,
    );
    const first = await deks.dekOf("a", "1");
    expect(await deks.dekOf("a", "1")).toBe(first);
    expect(Buffer.from(await deks.dekOf("b", "1")).equals(Buffer.from(first))).toBe(false);
    await deks.dekOf("a", "2");
    clock.advance(5 * 60_000);
    await deks.dekOf("a", "1");
    expect(asked).toEqual(["a 1", "b 1", "a 2", "a 1"]);
  });
});
