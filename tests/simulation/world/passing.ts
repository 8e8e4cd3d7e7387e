import type { Ledger } from "../ledger/ledger.ts";
import { BelievedWall, type WallBelief } from "../ledger/believed-wall.ts";
import { holdAll } from "../ledger/snapshot.ts";
import { Violation } from "../ledger/violation.ts";
import { dayMs, hourMs, probeValidMs, startWallMs, tickMs } from "./time.ts";
import type { KeyholderProcess } from "./keyholder-process.ts";
import type { MailServer } from "./mail-server.ts";

/** What time passes over. */
type Around = {
  readonly now: number;
  readonly process: KeyholderProcess;
  readonly ledger: Ledger;
  readonly mail: MailServer;
  readonly isReachable: boolean;
  readonly isClockZoneUp: boolean;
  isClockZoneWell(): boolean;
  setTime(now: number): void;
  reap(): void;
  takeErrors(): unknown[];
  onWork: () => Promise<void>;
};

/**
 * Lets time pass over the keyholder, tick by tick, or over many idle ticks at once.
 *
 * Why a jump is equal: between two wake-ups of the store, with nothing changing around the process, each tick writes the same two
 * numbers, and their sums are what one step of the whole length writes. Each tick sends a probe, so the last good one is as old after a
 * jump as after the ticks. A test compares the stores.
 */
export class Passing {
  readonly #world: Around;
  readonly #isTicked: boolean;
  #unreachableSince = Number.POSITIVE_INFINITY;
  /** Ticks are not jumped before this moment: something changed that takes a few ticks to settle. */
  #settledAt = 0;
  readonly #wall = new BelievedWall();
  #epoch = 0;
  #steadySince = 0;
  #offset = Number.NaN;
  #startedAt = Number.NaN;
  #isCredited = false;
  #servedAt = 0;
  #servedWall = 0;
  ticks = 0;

  constructor(world: Around, isTicked: boolean) {
    this.#world = world;
    this.#isTicked = isTicked;
  }

  /**
   * Something changed around the process. A lost way in is noticed once the last good probe is too old, a wall clock at the next tick,
   * which must be taken at its own moment: a leap lasts from there. A process that starts, or has its way in again, has ticked already.
   */
  unsettle(what: "way in lost" | "wall" | "ticked"): void {
    const { now, isReachable } = this.#world;
    const settlesInMs = what === "ticked" ? 0 : what === "wall" ? tickMs : probeValidMs;
    this.#settledAt = Math.max(this.#settledAt, now + settlesInMs);
    this.#unreachableSince = isReachable ? Number.POSITIVE_INFINITY : Math.min(this.#unreachableSince, now);
    this.#world.ledger.meters.disturb();
  }

  async to(target: number): Promise<void> {
    const { process } = this.#world;
    while (this.#world.now < target) {
      if (!process.isUp) {
        const rest = target - this.#world.now;
        this.#world.setTime(target);
        this.#world.ledger.meters.pass(rest, { served: false, well: false, mailWell: true });
        continue;
      }
      await this.#step(target);
    }
  }

  async #step(target: number): Promise<void> {
    const { process } = this.#world;
    this.#noteSteadiness();
    const wake = process.eyes.wake();
    const idle = process.isCrashArmed ? 0 : this.#idle(target, wake);
    const ms = idle > 0 ? idle : tickMs;
    if (ms > tickMs) this.#passIdle(ms - tickMs);
    this.#world.setTime(this.#world.now + tickMs);
    const before = process.eyes.time();
    await this.#tick(idle > 0 ? idle : undefined);
    const after = process.eyes.time();
    this.#isCredited = after.attended > before.attended || after.frozenMs < before.frozenMs;
    this.#credit(tickMs);
    for (const error of this.#world.takeErrors()) throw new Violation("E2", `a tick failed: ${String(error)}`);
    this.#world.reap();
    if (process.isUp && process.eyes.time().attended >= wake) await this.#world.onWork();
  }

  /** Why the ledger's clocks go on before the tick: what is sent in it is dated by them, and they would stand where the jump began. */
  #passIdle(ms: number): void {
    this.#world.setTime(this.#world.now + ms);
    this.#credit(ms);
  }

  /** A tick on the grid. Why after each return of the network: the probes stay on it. */
  async tickNow(): Promise<void> {
    if (!this.#world.process.isUp) return;
    await this.#tick();
    this.#world.reap();
  }

  async #tick(credit?: number): Promise<void> {
    const { process } = this.#world;
    this.ticks++;
    await process.tick(credit).catch((error: unknown) => {
      if (!process.hasCrashed) throw error;
    });
  }

  /** How much of the way is idle ticks that can be taken at once, in whole grid steps; 0 when the next tick may matter. */
  #idle(target: number, wake: number): number {
    const { now, process, isReachable } = this.#world;
    if (this.#isTicked || now < this.#settledAt) return 0;
    const { attended, recordedWall, doubtMs, frozenMs } = process.eyes.time();
    const ahead = process.wallMs() - recordedWall;
    // Why not over the end of a doubt: it is over, or is held, at that very tick.
    if (ahead < 0)
      return wholeSteps(Math.min(target - now, -ahead - slackMs - tickMs, longestDoubtMs - doubtMs - 2 * tickMs));
    const leapEnd = Math.min(this.#followedIn(ahead), this.#countedIn(process));
    if (!isReachable) return wholeSteps(Math.min(target - now, leapEnd));
    // Why credited before, by this process: a tick counts only if the one before it was healthy too, the first that counts tells of an outage, and a jump is one tick.
    if (!this.#isCredited) return 0;
    // Why whatever is due: nothing runs in a freeze, and its own end is its only moment.
    if (frozenMs > 0) return wholeSteps(Math.min(target - now, Math.ceil(frozenMs / tickMs) * tickMs, leapEnd));
    if (wake <= attended) return 0;
    // The tick that wakes may be the last one of a jump: what it settles comes after its credit either way.
    return wholeSteps(Math.min(target - now, Math.ceil((wake - attended) / tickMs) * tickMs, leapEnd));
  }

  /** Until the recorded wall follows a leap: until then it goes on as the monotonic clock does. */
  #followedIn(ahead: number): number {
    return ahead > 0 ? this.#steadySince + leapBelievedMs - 2 * tickMs - this.#world.now : Number.POSITIVE_INFINITY;
  }

  /** Until a leap is counted as time that passed; 0 where the next tick is the first to see it. */
  #countedIn(process: KeyholderProcess): number {
    const { untilMs, aheadMs, seenMs } = process.eyes.time().counted;
    const leapMs = process.wallMs() - untilMs;
    if (leapMs <= slackMs) return Number.POSITIVE_INFINITY;
    const isSeen = aheadMs > 0 && leapMs >= aheadMs - slackMs;
    return isSeen ? leapBelievedMs - seenMs - 2 * tickMs : 0;
  }

  /** Since when the process has seen its wall clock run as its other one does. */
  #noteSteadiness(): void {
    const { now, process } = this.#world;
    const offset = process.wallMs() - now;
    if (offset === this.#offset && process.startedAt === this.#startedAt) return;
    this.#offset = offset;
    this.#startedAt = process.startedAt;
    this.#steadySince = now;
  }

  #credit(ms: number): void {
    const { now, process, isReachable, mail, ledger } = this.#world;
    const wall = process.wallMs();
    const isBehind = this.#wall.isBehind(wall);
    const served = (isReachable || now <= this.#unreachableSince + probeValidMs) && !isBehind;
    const isMailWell = mail.weather === "fine" || mail.weather === "drops";
    const isClockWell =
      (this.#world.isClockZoneUp && this.#world.isClockZoneWell()) || ledger.ordeal === "dead clock zone";
    const well =
      isReachable && isClockWell && isMailWell && !process.hasCrashed && !isBehind && wall >= this.#wall.highest;
    this.#wall.pass(ms, wall, { offset: wall - now, served });
    ledger.meters.pass(ms, { served, well, mailWell: isMailWell });
    if (served) this.#noteOutage(ms, wall);
    if (process.isUp && !process.hasCrashed) this.#judgeDoubt(wall);
    this.#noteAhead();
  }

  #noteAhead(): void {
    const { now, ledger } = this.#world;
    ledger.mayBeAhead = this.#wall.mayBeAheadOf(startWallMs + now);
  }

  /** Whichever clock shows a longer time without service: the keyholder has only the wall's. */
  #noteOutage(ms: number, wall: number): void {
    const { now, ledger } = this.#world;
    const [lengthMs, wallLengthMs] = [now - this.#servedAt - ms, wall - this.#servedWall - ms];
    const longestMs = Math.max(lengthMs, wallLengthMs);
    if (longestMs >= shortestOutageMs) ledger.outage(longestMs);
    if (lengthMs >= sureOutageMs && lengthMs === wallLengthMs) ledger.sureOutage(lengthMs, ms);
    this.#servedAt = now;
    this.#servedWall = wall;
  }

  /** Why at once: the one before may have died just after the commit that holds everything, and then this one shows it from its start. */
  judgeStart(): void {
    const { process } = this.#world;
    if (process.isUp && !process.hasCrashed) this.#judgeDoubt(process.wallMs());
  }

  /** L5: a clock in doubt ends in a hold, a week later and not before. A new epoch without a restore is nothing else. */
  #judgeDoubt(wall: number): void {
    const { process, ledger } = this.#world;
    const { epoch } = process.eyes.time();
    const isNew = this.#epoch !== 0 && epoch !== this.#epoch;
    this.#epoch = epoch;
    if (isNew || this.#wall.isBehind(wall)) ledger.count("L5");
    if (isNew) {
      if (!this.#wall.mayHold(doubtAllowanceMs))
        throw new Violation("L5", "held although the clock was not in doubt for a week");
      this.#wall.believe(wall);
      holdAll(ledger);
    }
    if (this.#wall.mustHold(doubtAllowanceMs)) throw new Violation("L5", "a clock in doubt is in doubt for ever");
  }

  get wallBelief(): WallBelief {
    return this.#wall.belief;
  }

  /** An old store knows an older wall time, and has an epoch of its own. */
  goBackTo(belief: WallBelief): void {
    this.#wall.goBackTo(belief);
    this.#noteAhead();
    this.#epoch = 0;
  }

  /** A new epoch is no surprise. */
  expectEpoch(): void {
    this.#epoch = 0;
  }

  /** The process ended. */
  restart(): void {
    this.#isCredited = false;
    this.#wall.restart();
  }
}

/** How far ahead is no leap, and how far behind no doubt. */
const slackMs = 2 * tickMs;
/** An hour less than what is an outage to the keyholder: it may have been credited a little more than the world knows. */
const shortestOutageMs = 5 * hourMs;
/** Half an hour more than what is one: then the keyholder knows it too. */
const sureOutageMs = 6.5 * hourMs;
const longestDoubtMs = 7 * dayMs;
const leapBelievedMs = hourMs;
/** Restarts in between: the keyholder does not know what passed between its last tick and its end. */
const doubtAllowanceMs = 2 * hourMs;

function wholeSteps(ms: number): number {
  return Number.isFinite(ms) ? Math.max(0, Math.floor(ms / tickMs) * tickMs) : 0;
}
