import { hourMs, minuteMs } from "../world/time.ts";
import type { Moment } from "./facts.ts";

/**
 * After all is well again: the first ticks, the probe, the clock zone's next look, and the last call that is tried again after a
 * quarter of an hour.
 */
const warmUpMs = 18 * minuteMs;
/** The same after mail was taken by nobody: then it is tried again after six hours at the latest. */
const mailWarmUpMs = 6 * hourMs + warmUpMs;

/** The ledger's two clocks: what may have been credited, and what must have been. Both run on true time, whatever the walls show. */
export class Meters {
  #at = 0;
  #served = 0;
  #sure = 0;
  #warmUp = warmUpMs;

  now(): Moment {
    return { at: this.#at, served: this.#served, sure: this.#sure };
  }

  /** Nothing went wrong for a while. */
  get isSettled(): boolean {
    return this.#warmUp === 0;
  }

  pass(ms: number, was: { served: boolean; well: boolean; mailWell: boolean }): void {
    this.#at += ms;
    if (was.served) this.#served += ms;
    if (!was.mailWell) this.#warmUp = mailWarmUpMs;
    if (!was.well) return this.disturb();
    this.#sure += Math.max(0, ms - this.#warmUp);
    this.#warmUp = Math.max(0, this.#warmUp - ms);
  }

  /** Something went wrong just now: what follows is not sure at once. */
  disturb(): void {
    // Why the longer one again: the call that all waited for may have been lost in this.
    this.#warmUp = this.#warmUp > warmUpMs ? mailWarmUpMs : warmUpMs;
  }
}
