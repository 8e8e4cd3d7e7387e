import { setTimeout as wait } from "node:timers/promises";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Waits until the clock zone has tried in vain to hand over mail, so many times more than now. */
export async function untilMailFailed(data: string, times: number): Promise<void> {
  const before = await failures(data);
  while ((await failures(data)) < before + times) await wait(100);
}

async function failures(data: string): Promise<number> {
  return (await readFile(join(data, "logs/clock.log"), "utf8")).split("mail-not-taken").length - 1;
}
