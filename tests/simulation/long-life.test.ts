import { expect, it } from "vitest";
import { everyCheck } from "./every-check.ts";
import { simulated } from "./simulated.ts";

/*
 * Beside the tests of the whole product, which wait for their clocks more than half of the time: it lets them go first, and takes what they leave.
 */
it("ten thousand vault-years keep every invariant, and every check had something to judge", async () => {
  const life = [
    "--worlds",
    "mixed",
    "--seed",
    "13933",
    "--vault-years",
    "10000",
    "--signatures",
    "injected",
    "--twins",
  ];
  const report = await simulated(...life, "--workers", "2", "--chunk", "1000", "--lets-others-go-first");
  expect(report.violations).toEqual([]);
  expect(report.vaultYears).toBeGreaterThan(10_000);
  for (const invariant of everyCheck) expect(report.judged[invariant], invariant).toBeGreaterThan(0);
}, 3_600_000);
