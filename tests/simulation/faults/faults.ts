import type { WallBelief } from "../ledger/believed-wall.ts";
import type { BequestFacts } from "../ledger/facts.ts";
import { doubtRequests } from "../ledger/asked.ts";
import { goBack, renewHold, type Snapshot, takeSnapshot } from "../ledger/snapshot.ts";
import { AfterkeepError } from "@afterkeep/platform";
import type { Damage } from "./damage.ts";
import { Violation } from "../ledger/violation.ts";
import type { Population } from "../world/birth.ts";
import { dayMs, hourMs, minuteMs, yearMs } from "../world/time.ts";
import type { Vault } from "../people/vault.ts";
import type { World } from "../world/world.ts";
import { Unavailable } from "../world/ask.ts";

type Backup = { readonly copy: number; readonly snapshot: Snapshot; readonly wall: WallBelief };

const keptBackups = 3;
const importPage = 100;

/** How long things last: mostly minutes, sometimes days, once in a while a year. */
function howLong(world: World): number {
  const { random } = world;
  const part = random.part();
  if (part < 0.9) return random.wait(hourMs);
  return part < 0.995 ? random.wait(2 * dayMs) : random.wait(yearMs / 3);
}

/** Everything that goes wrong with machines, and the people who set it right again. */
export class Misfortune {
  readonly #world: World;
  readonly #population: Population;
  readonly #backups: Backup[] = [];
  #isStarting = false;
  #restores = 0;

  /** Null in worlds in which no record is damaged. */
  readonly #damage: Damage | null;

  constructor(world: World, population: Population, damage: Damage | null) {
    this.#world = world;
    this.#damage = damage;
    this.#population = population;
    world.onCrash = () => this.#restartLater();
    if (population.api !== null) population.api.book.onProof = () => this.#holdAll();
  }

  /** @param scale how many times rarer than at the worst everything is */
  begin(scale: number): void {
    const kinds: readonly (readonly [meanMs: number, kind: string, happen: () => Promise<void> | void])[] = [
      [6 * dayMs, "crash soon", () => this.#world.process.crashIn(this.#world.random.between(1, 24))],
      [20 * dayMs, "stop", () => this.#stop()],
      [12 * dayMs, "unreachable", () => this.#loseReach()],
      [60 * dayMs, "wall jump", () => this.#jumpWall()],
      [150 * dayMs, "older store", () => this.#leaveOlderStore()],
      [20 * dayMs, "mail", () => this.#spoilMail()],
      [30 * dayMs, "clock zone down", () => this.#stopClockZone()],
      [120 * dayMs, "", () => this.#backUp()],
      [yearMs, "restore", () => this.#restore()],
    ];
    for (const [mean, kind, happen] of kinds) this.#again(mean * scale, kind, happen);
    this.#world.callTrouble = 0.15 / scale;
    this.#damage?.begin(10 * dayMs * scale);
  }

  #again(mean: number, kind: string, happen: () => Promise<void> | void): void {
    this.#world.later(this.#world.random.wait(mean), kind, async () => {
      this.#again(mean, kind, happen);
      if (!this.#world.process.isUp) return;
      if (kind !== "") this.#world.fault(kind);
      await happen();
    });
  }

  /** The machine is off for so long, if it is not already. Without a battery its clock begins long ago. */
  outage(ms: number, hasBattery = true): void {
    if (!this.#world.process.isUp) return;
    this.#world.fault("stop");
    this.#world.process.stop();
    this.#world.passing.restart();
    this.#restartLater(ms, hasBattery);
  }

  #stop(): void {
    this.#world.process.stop();
    this.#world.passing.restart();
    this.#restartLater();
  }

  /** The machine had run the version before, whose store lacks what this one added, until it stopped; it starts with this one. */
  #leaveOlderStore(): void {
    this.#damage?.mend();
    // Why not then: the version before kept no such note, so it left no store that lacks one.
    if (this.#world.process.eyes.hasRefusedSign()) return;
    this.#world.process.takeBackUpgrade();
    this.#stop();
  }

  #restartLater(ms = howLong(this.#world), hasBattery = true): void {
    this.#world.passing.unsettle("ticked");
    this.#world.later(ms, "start", () => this.#start(hasBattery));
  }

  /** Now and then on a machine without a battery for its clock, until somebody or the network sets it. */
  async #start(hasBattery = true): Promise<void> {
    const { process, random } = this.#world;
    if (process.isUp || this.#isStarting) return;
    if (!hasBattery || random.chance(0.1)) this.#slip(-20 * yearMs, random.wait(40 * minuteMs), "no battery");
    this.#isStarting = true;
    try {
      await process.start();
      await process.tick();
      this.#world.passing.judgeStart();
    } catch (error) {
      if (!process.hasCrashed) throw error;
      this.#restartLater();
    } finally {
      this.#isStarting = false;
    }
    this.#world.passing.unsettle("ticked");
  }

  #loseReach(): void {
    this.#world.isReachable = false;
    this.#world.passing.unsettle("way in lost");
    this.#world.later(howLong(this.#world), "reachable", async () => {
      this.#world.isReachable = true;
      this.#world.passing.unsettle("ticked");
      await this.#world.passing.tickNow();
    });
  }

  #jumpWall(): void {
    const { random } = this.#world;
    const part = random.part();
    // Why forward ones rarer: one that lasts and is put right freezes everything for a week and then holds it, and the rest of the world idles.
    const near = [-2 * dayMs, -hourMs, hourMs, -yearMs, random.between(-90, 2) * dayMs] as const;
    const ms = part < 0.93 ? random.pick(near) : part < 0.985 ? random.between(1, 365) * dayMs : 14 * yearMs;
    this.#slip(ms, random.chance(0.7) ? howLong(this.#world) : random.wait(60 * dayMs), "");
  }

  #slip(ms: number, forMs: number, kind: string): void {
    if (kind !== "") this.#world.fault(kind);
    this.#setWall(ms);
    this.#world.later(forMs, "wall set right", () => this.#setWall(0));
  }

  #setWall(slipMs: number): void {
    this.#world.wallSlip = slipMs;
    this.#world.passing.unsettle("wall");
    this.#population.zone?.book.doubt();
  }

  #spoilMail(): void {
    const { mail, random, ledger } = this.#world;
    mail.weather = random.pick(["down", "refuses", "drops"] as const);
    ledger.meters.disturb();
    const forMs = random.chance(0.5) ? howLong(this.#world) : random.wait(4 * dayMs);
    this.#world.later(forMs, "mail is fine", () => {
      mail.weather = "fine";
      ledger.meters.disturb();
    });
  }

  #stopClockZone(): void {
    if (!this.#world.isClockZoneUp) return;
    this.#world.isClockZoneUp = false;
    this.#world.later(howLong(this.#world), "clock zone up", () => {
      this.#world.isClockZoneUp = true;
      this.#world.ledger.meters.disturb();
    });
  }

  #backUp(): void {
    const { ledger, process, passing } = this.#world;
    // Why not then: nobody could say what the copy knows.
    if ([...ledger.bequests].some(({ isUncertain }) => isUncertain)) return;
    this.#damage?.mend();
    this.#backups.push({ copy: process.copyStore(), snapshot: takeSnapshot(ledger), wall: passing.wallBelief });
    if (this.#backups.length > keptBackups) this.#backups.shift();
  }

  async #restore(): Promise<void> {
    const { random, process, ledger, passing } = this.#world;
    const { api } = this.#population;
    if (this.#backups.length === 0) return;
    // Why not then: what both of them lost, nobody has but the owners' devices, and nothing is promised of it.
    if (api?.book.isWhole === false) return;
    this.#damage?.mend();
    const { copy, snapshot, wall } = random.pick(this.#backups);
    const keepsMark = random.chance(0.8);
    process.putStoreBack(copy, keepsMark);
    if (!keepsMark) ledger.forgetCounters();
    passing.goBackTo(wall);
    const lostDisarms = goBack(ledger, snapshot);
    this.#population.watcher.forgetCursor();
    this.#population.zone?.book.keyholderWentBack();
    await this.#start();
    if (process.isUp) await this.#expectHeld();
    this.#restores++;
    if (api !== null) return api.keyholderRestored(lostDisarms);
    for (const vault of this.#population.vaults) await this.#giveBack(vault, lostDisarms);
  }

  async #expectHeld(): Promise<void> {
    const { ledger, process } = this.#world;
    const { items } = await process.running.handlers.switches(
      { after: 0, limit: 500 },
      { caller: "clock", requestId: "simulated" },
    );
    for (const { account, b, state, policyHash } of items) {
      const facts = ledger.find(account, b);
      if (facts === null) throw new Violation("S8", "a bequest that nobody made");
      ledger.judge("onRestored", { facts, state, policyHash, stages: new Map(), now: ledger.now(), isFresh: true });
    }
  }

  /** The api gives back what its database still holds, and tries again within the hour where it got no answer. */
  async #giveBack(vault: Vault, lostDisarms: readonly BequestFacts[]): Promise<void> {
    const { account, accepted } = vault;
    const restores = this.#restores;
    const epoch = this.#epoch();
    for (const { facts } of vault.bequests) doubtRequests(facts);
    try {
      for (let at = 0; at < accepted.length; at += importPage) {
        const statements = accepted.slice(at, at + importPage);
        const more = at + importPage < accepted.length;
        await this.#world.ask("api", "importStatements", { account, statements, more });
      }
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof AfterkeepError)) throw error;
      this.#world.note(`not given back: ${error.message}`);
      if (error instanceof Unavailable)
        this.#world.later(hourMs / 2, "given back again", async () => {
          if (restores === this.#restores) await this.#giveBack(vault, lostDisarms);
        });
      return;
    } finally {
      // Why here: what is given back can prove that the store is an older one than it knew, and then everything is held from here.
      if (this.#epoch() !== epoch) this.#holdAnew();
    }
    for (const { facts } of vault.bequests) facts.isGivenBack = true;
    for (const facts of lostDisarms) {
      if (facts.account === account && facts.bound !== null && !facts.isArmedAgain)
        facts.disarmed ??= this.#world.ledger.now();
    }
  }

  /** 0 while the process is down. */
  #epoch(): number {
    const { process } = this.#world;
    return process.isUp && !process.hasCrashed ? process.eyes.time().epoch : 0;
  }

  /** What the api showed proves that the store is an older one than it knew. */
  #holdAll(): void {
    const { ledger, passing } = this.#world;
    passing.expectEpoch();
    renewHold(ledger);
  }

  #holdAnew(): void {
    const { ledger, passing, process } = this.#world;
    if (!process.isUp || process.hasCrashed) return;
    passing.expectEpoch();
    for (const facts of ledger.bequests) {
      if (facts.restored === null) continue;
      facts.restored = ledger.now();
      facts.heldAgain = null;
    }
  }
}
