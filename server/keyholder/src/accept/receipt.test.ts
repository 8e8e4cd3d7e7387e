import { generateSigningKey } from "@afterkeep/crypto";
import { signStatement } from "@afterkeep/formats";
import { statementBodies, statementLimits, zeroHash, zeroId } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import { maxBequests } from "./require-armable.ts";

describe("a receipt", () => {
  it("fits its limit with as many bequests as an account may have, all cooling and asked for, after a thousand years", () => {
    const long = 31_557_600_000_000;
    const row = {
      b: zeroId,
      g: 99_999,
      policyHash: zeroHash,
      manifestHash: zeroHash,
      state: "releasing" as const,
      used: long,
      left: long,
      earliest: { silence: long, request: long },
    };
    const body = statementBodies.receipt.parse({
      account: zeroId,
      statement: zeroHash,
      nonce: zeroHash,
      epoch: 99_999,
      counter: 999_999_999,
      head: { seq: 999_999, id: zeroHash },
      mode: "demo",
      probe: "outside",
      at: long,
      rows: Array.from({ length: maxBequests }, () => row),
      pending: {
        requests: Array.from({ length: 64 }, () => ({ request: zeroId, b: zeroId, r: zeroId, left: long })),
        loosenings: Array.from({ length: maxBequests }, () => ({ b: zeroId, policyHash: zeroHash, left: 604_800_000 })),
      },
      nextKey: zeroHash,
    });
    expect(signStatement("receipt", body, generateSigningKey()).length).toBeLessThanOrEqual(statementLimits.receipt);
  });
});
