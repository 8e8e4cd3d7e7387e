import { describe, expect, it } from "vitest";
import { simulated } from "./simulated.ts";

describe("the simulated keyholder", () => {
  it("keeps every invariant over years of misfortune, and every check had something to judge", async () => {
    const report = await simulated("--seed", "2026", "--vault-years", "200");
    expect(report.violations).toEqual([]);
    for (const invariant of ["S1", "S2", "S3", "S4", "S5", "S7", "S8", "S9", "E4", "L1", "L7"]) {
      expect(report.judged[invariant], invariant).toBeGreaterThan(0);
    }
  }, 300_000);

  it("lives the same life again from the same seed", async () => {
    const [one, again] = [
      await simulated("--world", "2026/0", "--small"),
      await simulated("--world", "2026/0", "--small"),
    ];
    expect(again.trace).toBe(one.trace);
    expect(again.faults).toEqual(one.faults);
    expect((await simulated("--world", "2026/1", "--small")).trace).not.toBe(one.trace);
  }, 300_000);

  it("keeps them with real signatures, real age files and a real disk too", async () => {
    const report = await simulated("--seed", "7", "--vault-years", "6", "--signatures", "real", "--small");
    expect(report.violations).toEqual([]);
    expect(report.judged["S1"]).toBeGreaterThan(0);
  }, 300_000);

  it("ends in the same store whether idle ticks are jumped or taken one by one", async () => {
    const jumped = await simulated("--world", "ticks/0", "--small");
    const ticked = await simulated("--world", "ticks/0", "--small", "--ticked");
    expect(ticked.ticks).toBeGreaterThan(5 * jumped.ticks);
    expect(ticked.store).toBe(jumped.store);
    expect(ticked.trace).toBe(jumped.trace);
  }, 300_000);
});
