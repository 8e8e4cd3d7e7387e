import type { Ordeal } from "../ledger/ordeal.ts";
import { dayMs, hourMs, yearMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { Misfortune } from "./faults.ts";

export function beginOrdeal(world: World, misfortune: Misfortune, ordeal: Ordeal, years: number): void {
  if (ordeal === "dead clock zone") world.isClockZoneUp = false;
  if (ordeal === "half days") breakEachDay(world, misfortune);
  if (ordeal !== "reboots") return;
  rebootEachWeek(world, misfortune);
  world.later(world.random.part() * (years / 2) * yearMs, "a year's outage", () => misfortune.outage(yearMs));
}

function breakEachDay(world: World, misfortune: Misfortune): void {
  world.later(dayMs, "the day's outage", () => {
    misfortune.outage(world.random.between(7, 11) * hourMs);
    breakEachDay(world, misfortune);
  });
}

function rebootEachWeek(world: World, misfortune: Misfortune): void {
  world.later(7 * dayMs, "the week's reboot", () => {
    misfortune.outage(hourMs, false);
    rebootEachWeek(world, misfortune);
  });
}
