import { dayMs, hourMs, minuteMs } from "../world/time.ts";

const closeMs = 2 * minuteMs;
const leapBelievedMs = hourMs;
const longestDoubtMs = 7 * dayMs;
/** No keyholder believes an earlier date, however long it is shown. */
const floorMs = Date.UTC(2026, 0, 1);

/** What a store remembers of its wall clock. */
export type WallBelief = {
  readonly highest: number;
  /** The highest that it ever showed, believed or not. */
  readonly seen: number;
  readonly doubtMs: number;
  readonly longestMs: number;
};

/**
 * The wall time that a keyholder goes by, as the protocol has it and written apart from the product: never back, a leap only once it has
 * lasted an hour, and a clock that stays behind for a week of running is believed after all, at the price of a hold, unless it shows a date that cannot be.
 */
export class BelievedWall {
  #believed = 0;
  #seen = 0;
  #leap: { readonly offset: number; lasted: number } | null = null;
  #doubtMs = 0;
  /** The same where only time that could be counted ended the doubt: a good reading while nothing is served may pass unseen, and one alone counts nothing yet. */
  #longestMs = 0;
  #wasServed = false;

  /** Whether the wall is so far behind that nothing may be counted. */
  isBehind(wallMs: number): boolean {
    return wallMs < floorMs || wallMs < this.#believed - closeMs;
  }

  /** The process runs on. @param offset wall minus true time @param served whether the time may be counted */
  pass(ms: number, wallMs: number, { offset, served }: { offset: number; served: boolean }): void {
    this.#seen = Math.max(this.#seen, wallMs);
    const wasServed = this.#wasServed;
    this.#wasServed = served && !this.isBehind(wallMs);
    if (this.isBehind(wallMs)) {
      this.#leap = null;
      if (wallMs < floorMs) return;
      this.#doubtMs += ms;
      this.#longestMs += ms;
      return;
    }
    this.#doubtMs = 0;
    if (served && wasServed) this.#longestMs = 0;
    if (this.#believed === 0 || wallMs <= this.#believed + ms + closeMs) {
      this.#leap = null;
      this.#believed = Math.max(this.#believed, wallMs);
      return;
    }
    if (this.#leap === null || Math.abs(this.#leap.offset - offset) > closeMs) this.#leap = { offset, lasted: 0 };
    else this.#leap.lasted += ms;
    this.#believed = this.#leap.lasted >= leapBelievedMs ? wallMs : this.#believed + ms;
  }

  /** The process ended: what it saw of a leap ended with it. */
  restart(): void {
    this.#leap = null;
    this.#wasServed = false;
  }

  /** Whether everything may be held because of a clock that stayed behind, and the clock be believed again. */
  mayHold(allowanceMs: number): boolean {
    return this.#longestMs >= longestDoubtMs - allowanceMs;
  }

  /** Whether that is overdue: a freeze must end. */
  mustHold(allowanceMs: number): boolean {
    return this.#doubtMs > longestDoubtMs + allowanceMs;
  }

  believe(wallMs: number): void {
    this.goBackTo({ highest: wallMs, seen: wallMs, doubtMs: 0, longestMs: 0 });
  }

  /** What an older store knew. Why its doubt too: that goes on from where it was. */
  goBackTo({ highest, seen, doubtMs, longestMs }: WallBelief): void {
    this.#believed = highest;
    this.#seen = seen;
    this.#doubtMs = doubtMs;
    this.#longestMs = longestMs;
    this.#leap = null;
  }

  /** Whether what is recorded may be later than it is. Why by all that was ever shown: when exactly a leap was believed, the keyholder alone knows. */
  mayBeAheadOf(trueWallMs: number): boolean {
    return this.#seen > trueWallMs;
  }

  get highest(): number {
    return this.#believed;
  }

  get belief(): WallBelief {
    return { highest: this.#believed, seen: this.#seen, doubtMs: this.#doubtMs, longestMs: this.#longestMs };
  }
}
