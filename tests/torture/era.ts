import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Random } from "../simulation/chance/random.ts";
import { liveCycle } from "./cycle.ts";
import { Machine } from "./machine/machine.ts";
import { judgeMails } from "./oracle/judge-mails.ts";
import { Ledger, type Violation } from "./oracle/ledger.ts";
import { dayMs, type Terms } from "./oracle/terms.ts";
import { Household } from "./people/household.ts";
import { watchOwners } from "./people/watch.ts";
import type { Cycle } from "./plan.ts";
import { type Era, factor } from "./scene.ts";

/** Of somebody who checks in all the time: about half a minute of silence. */
const longTerms: Terms = { interval: 200 * dayMs, grace: 60 * dayMs, lastCall: 3 * dayMs };

export type EraReport = {
  readonly cycles: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
};

export async function liveEra(seed: string, cycles: readonly Cycle[], say: (line: string) => void): Promise<EraReport> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-torture-"));
  const machine = await Machine.begin(folder, { factor });
  try {
    const ledger = new Ledger(machine);
    const era = { machine, ledger, random: new Random(seed), folder, say, ...(await settle(machine, folder, ledger)) };
    await live(era, cycles);
    return { cycles: cycles.length, counts: ledger.counts, violations: ledger.violations };
  } finally {
    await machine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function settle(machine: Machine, folder: string, ledger: Ledger) {
  const place = { product: machine.product, serverUrl: machine.product.url, folder: join(folder, "people") };
  await mkdir(place.folder);
  const settleOne = (name: string) => Household.settle(place, name, ledger);
  const [vera, others] = await Promise.all([settleOne("Vera"), Promise.all(["Mo", "Ned"].map(settleOne))]);
  return { vera, others };
}

async function live(era: Era, cycles: readonly Cycle[]): Promise<void> {
  const { machine, ledger, vera, others } = era;
  await vera.arm(longTerms, [100 * dayMs]);
  const watch = watchOwners(machine.product.url, [vera, ...others], ledger);
  const veras = liveOn(era);
  try {
    for (const cycle of cycles) await liveCycle(era, cycle);
    await vera.checkIn();
  } finally {
    await veras.stop();
    await watch.stop();
    judgeMails(ledger, machine.mail.taken);
  }
}

/** Vera, who checks in every few seconds whatever happens. A check-in that never gets its receipt is a lost one. */
function liveOn({ vera, ledger, random, machine }: Era): { stop(): Promise<void> } {
  let isOver = false;
  const life = (async () => {
    while (!isOver) {
      await wait(random.between(2000, 4000));
      if (isOver || !machine.isRunning) continue;
      await vera.checkIn().catch((error: unknown) => ledger.violate("lost", `Vera cannot check in: ${String(error)}`));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await life;
    },
  };
}
