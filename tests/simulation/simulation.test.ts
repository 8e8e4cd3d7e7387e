import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { simulated } from "./simulated.ts";

const isWhole = process.env["AFTERKEEP_SIMULATION"] === "whole";
const freezes = ["F1", "F2", "F3", "F4"];
const letters = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "E5", "E6"];
const clockFaults = [
  ...["clock crash", "clock pause", "second clock", "clock's wall jump", "commit lost", "commit unanswered"],
  ...["database down", "fail-over", "database restored", "database's clock jump", "kms down", "forged decision"],
  ...["keyholder out of the clock's reach", "mail unanswered"],
];

const promised = ["A1", "A2", "A3", "A4", "A5", "A6"];
const apiFaults = [
  ...["api crash", "api pause", "api asked twice", "api's answer lost", "api's commit lost", "api's commit unanswered"],
  ...["api's database down", "api's database fails over", "api's database restored"],
  ...["keyholder out of the api's reach", "restore"],
];

describe("the simulated keyholder", () => {
  it("keeps every invariant with the product's own clock zone, whose letters reach whom they should and nobody else", async () => {
    // Why these worlds: they have that clock zone and all that can go wrong with it, and in most of them every check of its letters has something to judge.
    await keepsThem(["c1268/0", "c1799/0", "c1305/0"], letters, clockFaults);
  }, 1_200_000);

  it("keeps them where two operators freeze everything now and then, which nobody else can", async () => {
    await keepsThem(["op/5", "17/0"], freezes, ["operators freeze", "operators thaw"]);
  }, 300_000);

  it("keeps them where some arm first with their recovery kit, and whoever tries without it is refused", async () => {
    // Why this world: three in ten of its owners do, and nearly a third of them with the shortest times.
    const kits = ["--worlds", "eventful", "--world", "45/0", "--signatures", "injected", "--years", "2"];
    const report = await simulated(...kits);
    expect(report.violations).toEqual([]);
    expect(report.judged["S5"]).toBeGreaterThan(1_000);
  }, 300_000);

  it("keeps them where the product's own api stands between, which keeps, shows and gives back what it was given a receipt for", async () => {
    // Why these worlds: they have that api and all that can go wrong with it, and people who ask.
    await keepsThem(["254/0", "263/0"], promised, apiFaults, "--years", "2");
  }, 600_000);

  it.each([
    ["with a clock zone that stands in", "2026/4"],
    ["with the product's own api", "2026/0"],
    ["with the product's own", "2026/3"],
  ])(
    "lives the same life again from the same seed, %s",
    async (_, world) => {
      const [one, again] = [
        await simulated("--world", world, "--worlds", "small"),
        await simulated("--world", world, "--worlds", "small"),
      ];
      expect(again.trace).toBe(one.trace);
      expect(again.faults).toEqual(one.faults);
      expect((await simulated("--world", "2026/1", "--worlds", "small")).trace).not.toBe(one.trace);
    },
    300_000,
  );

  it("lives the same worlds in one process and in many, and those that this very program has kept not again", async () => {
    const kept = join(await mkdtemp(join(tmpdir(), "afterkeep-chunks-")), "chunks");
    const life = ["--seed", "chunks", "--worlds", "small", "--signatures", "injected", "--vault-years", "7"];
    const inChunks = [...life, "--workers", "2", "--chunk", "4", "--kept", kept];
    const [one, many] = [await simulated(...life), await simulated(...inChunks)];
    expect(many).toMatchObject({ worlds: one.worlds, faults: one.faults, judged: one.judged, ticks: one.ticks });
    expect(many.trace).toBe(createHash("sha256").update(one.trace).digest("hex"));
    expect((await readFile(kept, "utf8")).match(/^.+$/gm)).toHaveLength(2);
    // Why by the seconds: they are what no second life would have the same.
    expect((await simulated(...inChunks)).cpuSeconds).toBe(many.cpuSeconds);
    await writeFile(kept, (await readFile(kept, "utf8")).replaceAll(/"program":"[^"]+"/g, '"program":"another"'));
    expect((await simulated(...inChunks)).cpuSeconds).not.toBe(many.cpuSeconds);
    await rm(dirname(kept), { recursive: true });
  }, 300_000);

  it("goes on after a broken invariant where it is told to, and reports each", async () => {
    const life = ["--seed", "254", "--worlds", "eventful", "--vault-years", "300", "--mutant", "trusted iat"];
    const [stops, goesOn] = [await simulated(...life), await simulated(...life, "--goes-on")];
    expect(stops.violations.map(({ world }) => world)).toEqual(["254/0"]);
    expect(goesOn.violations.map(({ world }) => world)).toEqual(["254/0", "254/1"]);
  }, 300_000);

  it("keeps them with real signatures, real age files and a real disk too", async () => {
    const report = await simulated("--seed", "7", "--vault-years", "6", "--signatures", "real", "--worlds", "small");
    expect(report.violations).toEqual([]);
    expect(report.judged["S1"]).toBeGreaterThan(0);
  }, 300_000);

  // Why the third: everything is frozen in it for a while. And the fourth so long: two operators freeze everything in it, and thaw it.
  it.each([
    ["ticks/0", "0.3"],
    ["ticks/1", "0.3"],
    ["ticks/5", "0.3"],
    ["ticks/6", "0.6"],
  ])(
    "ends in the same store whether idle ticks are jumped or taken one by one: %s",
    async (world, years) => {
      const life = [
        "--world",
        world,
        "--worlds",
        "small",
        "--signatures",
        "injected",
        "--years",
        isWhole ? "1" : years,
      ];
      const [jumped, ticked] = [await simulated(...life), await simulated(...life, "--ticked")];
      expect(ticked.ticks).toBeGreaterThan(5 * jumped.ticks);
      expect(ticked.store).toBe(jumped.store);
      expect(ticked.trace).toBe(jumped.trace);
    },
    300_000,
  );
});

/** Lives the worlds until each of the checks had something to judge and each of the faults came: a change of the product shifts what happens in which. None may break anything. */
async function keepsThem(
  worlds: readonly string[],
  checks: readonly string[],
  faults: readonly string[],
  ...options: readonly string[]
): Promise<void> {
  const missing = new Set([...checks, ...faults]);
  for (const world of worlds) {
    const report = await simulated("--worlds", "eventful", "--world", world, "--signatures", "injected", ...options);
    expect(report.violations).toEqual([]);
    for (const [name, count] of Object.entries({ ...report.judged, ...report.faults }))
      if (count > 0) missing.delete(name);
    if (missing.size === 0) break;
  }
  expect([...missing], "nothing of it in any of these worlds").toEqual([]);
}
