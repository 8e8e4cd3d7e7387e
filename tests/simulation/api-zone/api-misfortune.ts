import { recur } from "../faults/recur.ts";
import { dayMs, hourMs, minuteMs, yearMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { ApiProcess, ApiStrike } from "./api-process.ts";
import { failOver } from "./api-site.ts";
import type { ApiZone } from "./api-zone.ts";

const keptCopies = 4;

/** What goes wrong with the api's process, its database and its way to the keyholder. */
export class ApiMisfortune {
  readonly #world: World;
  readonly #zone: ApiZone;

  constructor(world: World, zone: ApiZone) {
    this.#world = world;
    this.#zone = zone;
    zone.onStruck = (process, strike) => (strike === "die" ? this.#died(process) : this.#stoodStill(process));
  }

  /** @param scale how many times rarer than at the worst everything is */
  begin(scale: number): void {
    const { site } = this.#zone;
    // Why: what was written on the first day had long come to every server.
    site.database.restore(site.database.copy());
    const kinds: readonly (readonly [meanMs: number, kind: string, happen: () => void])[] = [
      [12 * dayMs, "api crash soon", () => this.#strike("die")],
      [12 * dayMs, "api pause soon", () => this.#strike("pause")],
      [50 * dayMs, "api's database down", () => this.#breakDatabase()],
      [30 * dayMs, "", () => void (site.failsOverIn = site.random.between(1, 60))],
      [90 * dayMs, "", () => failOver(site)],
      [40 * dayMs, "", () => this.#copyDatabase()],
      [250 * dayMs, "", () => this.#restoreDatabase()],
      [50 * dayMs, "keyholder out of the api's reach", () => this.#loseKeyholder()],
    ];
    for (const [mean, kind, happen] of kinds)
      recur(this.#world, { random: site.random, meanMs: mean * scale, kind, quietly: "the api's machines" }, happen);
    site.trouble = 0.01 / scale;
  }

  #howLong(): number {
    const { random } = this.#zone.site;
    const part = random.part();
    if (part < 0.8) return random.wait(hourMs);
    return part < 0.99 ? random.wait(3 * dayMs) : random.wait(yearMs / 12);
  }

  #strike(strike: ApiStrike): void {
    this.#zone.process?.strikeIn(this.#zone.site.random.between(1, 60), strike);
  }

  #died(process: ApiProcess): void {
    this.#world.fault("api crash");
    this.#restart(process);
  }

  #restart(process: ApiProcess): void {
    this.#zone.end(process);
    this.#world.later(this.#zone.site.random.wait(10 * minuteMs), "the api starts again", () => this.#zone.start());
  }

  #stoodStill(process: ApiProcess): void {
    this.#world.fault("api pause");
    const { random } = this.#zone.site;
    const forMs = random.chance(0.8) ? random.wait(hourMs) : random.wait(dayMs);
    this.#world.later(forMs, "the api goes on", async () => {
      await process.resume();
      this.#world.reap();
    });
  }

  #breakDatabase(): void {
    const { site } = this.#zone;
    site.database.abortAll();
    site.isDatabaseUp = false;
    this.#world.later(this.#howLong(), "the api's database is up", () => void (site.isDatabaseUp = true));
  }

  #copyDatabase(): void {
    const { copies, database } = this.#zone.site;
    copies.push(database.copy());
    if (copies.length > keptCopies) copies.shift();
  }

  #restoreDatabase(): void {
    const { site, book } = this.#zone;
    // Why not then: what both of them lost, nobody has but the owners' devices, and nothing is promised of it.
    if (site.copies.length === 0 || !book.isWhole) return;
    this.#world.fault("api's database restored");
    site.database.restore(site.random.pick(site.copies));
    book.databaseWentBack();
    // Why: whoever puts a backup in place stops what runs on it.
    if (this.#zone.process !== null) this.#restart(this.#zone.process);
  }

  #loseKeyholder(): void {
    const { site } = this.#zone;
    site.isKeyholderInReach = false;
    this.#world.later(this.#howLong(), "the api reaches the keyholder", () => void (site.isKeyholderInReach = true));
  }
}
