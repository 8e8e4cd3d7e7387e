import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "../../simulation/chance/random.ts";
import { type Backup, backUpKeyholder, backUpPostgres } from "../machine/backups.ts";
import { type Machine, zones } from "../machine/machine.ts";
import type { Ledger } from "../oracle/ledger.ts";

/** What a fault may touch, and the people whose life goes on in the midst of it. */
export type Scene = {
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly random: Random;
  /** A folder for backups. */
  readonly folder: string;
  /** Resolves when the product answers again. */
  answers(): Promise<void>;
  /** What happens between a backup and the day it is put back. */
  aWeekGoesBy(): Promise<void>;
  /** The first thing that somebody does after it. */
  afterwards(): Promise<void>;
};
type Fault = (scene: Scene) => Promise<void>;

const yearsMs = (years: number) => years * 365 * 86_400_000;

/** Each kind of misfortune by its name. All leave the product running and its clock right, but for a mail server that stays refusing. */
export const faults = {
  "kill -9 of everything": async ({ machine, random }) => {
    await machine.killTree();
    await wait(random.between(0, 800));
    await machine.start();
  },
  "kill -9 of zones": async ({ machine, random, answers }) => {
    for (let count = random.between(1, 3); count > 0; count--) {
      machine.killZone(random.pick(zones));
      await wait(random.between(0, 700));
    }
    await answers();
  },
  "kill -9 of PostgreSQL": async ({ machine, answers }) => {
    await machine.killPostgres();
    await answers();
  },
  "mail refused for good": async ({ machine, ledger }) => {
    machine.mail.manner = "refuse";
    ledger.isMailDead = true;
  },
  "mail broken off in the middle": async ({ machine, random }) => {
    machine.mail.manner = "drop";
    await wait(random.between(1500, 3500));
    machine.mail.manner = "take";
  },
  "mail server away": async ({ machine, random }) => {
    await machine.mail.close();
    await wait(random.between(1500, 3500));
    await machine.mail.open();
  },
  "clock in 2040 and back": async ({ machine, ledger, random }) => {
    ledger.clockGoesWrong();
    await machine.setClock(yearsMs(13) / machine.factor);
    // Why sometimes longer than a second: then it is believed, and what is promised by it has to be held later.
    await wait(random.pick([400, 2000]));
    await machine.setClock(0);
    ledger.clockWasWrong();
  },
  "clock back two days": async ({ machine, ledger, random }) => {
    ledger.clockGoesWrong();
    // In ticks: a demo's keyholder looks once a day where a real one looks once a minute.
    await machine.setClock(-(2 * 1440 * 86_400_000) / machine.factor);
    await wait(random.between(400, 2500));
    await machine.setClock(0);
    ledger.clockWasWrong();
  },
  "off for a year": async ({ machine, random }) => {
    await (random.chance(0.5) ? machine.stop() : machine.killTree());
    machine.passedMs += yearsMs(1) / machine.factor;
    await machine.setClock(0);
    await machine.start();
  },
  "database of last week": async (scene) => {
    const { machine, ledger, folder } = scene;
    await restoring(scene, await backUpPostgres(machine.data, join(folder, "postgres")));
    ledger.databaseWasRestored();
  },
  "keyholder's store of last week": async (scene) => {
    const { machine, ledger, folder } = scene;
    await restoring(scene, await backUpKeyholder(machine.data, join(folder, "store"), "store"), () =>
      ledger.storeWasLost(),
    );
  },
  "keyholder's folder of last week": async (scene) => {
    const { machine, ledger, folder } = scene;
    await restoring(scene, await backUpKeyholder(machine.data, join(folder, "keyholder"), "folder"), () =>
      ledger.storeWasLost(true),
    );
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as FaultName[];
export const restores: readonly FaultName[] = [
  "database of last week",
  "keyholder's store of last week",
  "keyholder's folder of last week",
];

async function restoring(scene: Scene, backup: Backup, lost: () => void = () => {}): Promise<void> {
  const { machine, random } = scene;
  await scene.aWeekGoesBy();
  await (random.chance(0.5) ? machine.stop() : machine.killTree());
  await backup.putBack();
  lost();
  await machine.start();
  await scene.afterwards();
  scene.ledger.wasGivenBack();
}
