import { expect, it } from "vitest";
import { simulated } from "./simulated.ts";

const everyCheck = [
  ...["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11"],
  ...["L1", "L2", "L3", "L4", "L6", "L7", "L12"],
  ...["E1", "E2", "E3", "E4", "E5", "E6", "F1", "F2", "F3", "F4", "Q1", "Q2", "Q3"],
  ...["M1", "M2", "M3", "M4", "M5", "M6", "M7", "A1", "A2", "A3", "A4", "A5", "A6"],
];

/*
 * Beside the tests of the whole product, which wait for their clocks more than half of the time: it lets them go first, and takes what they leave.
 */
it("ten thousand vault-years keep every invariant, and every check had something to judge", async () => {
  const life = [
    "--worlds",
    "eventful",
    "--seed",
    "10000",
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
