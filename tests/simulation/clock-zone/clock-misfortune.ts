import { recur } from "../faults/recur.ts";
import { dayMs, hourMs, minuteMs, yearMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { ClockProcess } from "./clock-process.ts";
import type { ClockZone } from "./clock-zone.ts";

const keptCopies = 4;
const mostLost = 12;

/** What goes wrong with the processes of a clock zone, its database, the kms and the ways between them. */
export class ClockMisfortune {
  readonly #world: World;
  readonly #zone: ClockZone;

  constructor(world: World, zone: ClockZone) {
    this.#world = world;
    this.#zone = zone;
    zone.site.onFailOver = () => {
      world.fault("fail-over");
      this.#failOver();
    };
    zone.onStruck = (process, strike) => (strike === "die" ? this.#died(process) : this.#stoodStill(process));
  }

  /** @param scale how many times rarer than at the worst everything is */
  begin(scale: number): void {
    const kinds: readonly (readonly [meanMs: number, kind: string, happen: () => void])[] = [
      [8 * dayMs, "clock crash soon", () => this.#strike("die")],
      [10 * dayMs, "clock pause soon", () => this.#strike("pause")],
      [40 * dayMs, "second clock", () => this.#startSecond()],
      [50 * dayMs, "clock's wall jump", () => this.#jumpWall()],
      [40 * dayMs, "database down", () => this.#breakDatabase()],
      [60 * dayMs, "fail-over", () => this.#failOver()],
      // Why at a step too: what a process knows in the midst of its work is of the server before.
      [60 * dayMs, "", () => void (this.#zone.site.failsOverIn = this.#world.random.between(1, 60))],
      [20 * dayMs, "", () => this.#copyDatabase()],
      [250 * dayMs, "database restored", () => this.#restoreDatabase()],
      [120 * dayMs, "database's clock jump", () => this.#jumpDatabaseClock()],
      [40 * dayMs, "kms down", () => this.#whileUntil("isKmsUp")],
      [40 * dayMs, "keyholder out of the clock's reach", () => this.#whileUntil("isKeyholderInReach")],
      [50 * dayMs, "", () => void (this.#zone.site.isForging = true)],
    ];
    for (const [mean, kind, happen] of kinds)
      recur(this.#world, { random: this.#world.random, meanMs: mean * scale, kind, quietly: "clock zone" }, happen);
    this.#zone.site.trouble = 0.006 / scale;
  }

  #howLong(): number {
    const { random } = this.#world;
    const part = random.part();
    if (part < 0.8) return random.wait(hourMs);
    return part < 0.99 ? random.wait(3 * dayMs) : random.wait(yearMs / 6);
  }

  #strike(strike: "die" | "pause"): void {
    const { random } = this.#world;
    const [first] = this.#zone.processes;
    if (first !== undefined) random.pick([first, ...this.#zone.processes]).strikeIn(random.between(1, 60), strike);
  }

  #died(process: ClockProcess): void {
    this.#world.fault("clock crash");
    this.#zone.end(process);
    this.#world.later(this.#world.random.wait(10 * minuteMs), "clock starts again", () => {
      if (this.#zone.processes.length === 0 && this.#world.isClockZoneUp) this.#zone.start();
    });
  }

  /** Mostly for longer than a lease lasts; and often somebody starts another one meanwhile. */
  #stoodStill(process: ClockProcess): void {
    const { random } = this.#world;
    this.#world.fault("clock pause");
    if (random.chance(0.6)) this.#zone.start();
    const forMs = random.chance(0.8) ? random.wait(90 * minuteMs) : random.wait(2 * dayMs);
    this.#world.later(forMs, "clock goes on", async () => {
      process.resume();
      await this.#zone.work();
      this.#retireSecond();
    });
  }

  #retireSecond(): void {
    const [, second] = this.#zone.processes;
    if (second !== undefined && this.#world.random.chance(0.7)) this.#zone.end(second);
  }

  #startSecond(): void {
    const { random } = this.#world;
    const second = this.#zone.start(true);
    second.slipMs = this.#slip();
    this.#world.later(random.wait(3 * dayMs), "second clock ends", () => this.#zone.end(second));
  }

  #slip(): number {
    const { random } = this.#world;
    return random.pick([0, -hourMs, hourMs, -2 * dayMs, 2 * dayMs, -yearMs, yearMs, 14 * yearMs]);
  }

  #jumpWall(): void {
    const [process] = this.#zone.processes;
    if (process === undefined) return;
    process.slipMs = this.#slip();
    this.#world.ledger.meters.disturb();
    this.#zone.book.doubt();
    this.#world.later(this.#howLong(), "clock's wall set right", () => {
      process.slipMs = 0;
      this.#zone.book.doubt();
    });
  }

  #breakDatabase(): void {
    const { site, book } = this.#zone;
    site.database.abortAll();
    site.isDatabaseUp = false;
    book.doubt();
    this.#world.later(this.#howLong(), "database up", () => void (site.isDatabaseUp = true));
  }

  #failOver(): void {
    const { site, book } = this.#zone;
    const lost = site.database.failOver(this.#world.random.between(0, mostLost));
    if (lost > 0) book.databaseWentBack();
    this.#world.ledger.meters.disturb();
  }

  #copyDatabase(): void {
    const { copies, database } = this.#zone.site;
    copies.push(database.copy());
    if (copies.length > keptCopies) copies.shift();
  }

  #restoreDatabase(): void {
    const { site, book } = this.#zone;
    if (site.copies.length === 0) return;
    site.database.restore(this.#world.random.pick(site.copies));
    book.databaseWentBack();
    this.#world.ledger.meters.disturb();
  }

  #jumpDatabaseClock(): void {
    const { site, book } = this.#zone;
    site.databaseSlip = this.#slip();
    book.doubt();
    this.#world.later(this.#howLong(), "database's clock set right", () => {
      site.databaseSlip = 0;
      book.doubt();
    });
  }

  #whileUntil(what: "isKmsUp" | "isKeyholderInReach"): void {
    const { site } = this.#zone;
    site[what] = false;
    this.#world.later(this.#howLong(), `${what} again`, () => void (site[what] = true));
  }
}
