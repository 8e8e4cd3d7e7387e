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
  /** Attended time with that of freezes, at most and at least: a freeze lasts so much of it. */
  readonly #withFreezes = { served: 0, sure: 0 };
  /** Until when everything is certainly frozen, in the first of these; and may be, in the other. */
  #frozenUntil = 0;
  #mayBeFrozenUntil = 0;

  now(): Moment {
    return { at: this.#at, served: this.#served, sure: this.#sure, isFrozen: this.#isFrozen };
  }

  get #isFrozen(): boolean {
    return this.#withFreezes.served < this.#frozenUntil;
  }

  get mayBeFrozen(): boolean {
    return this.#withFreezes.sure < this.#mayBeFrozenUntil;
  }

  /** Everything is frozen for so much attended time, and certainly not for longer than the other. */
  freezeFor(leastMs: number, mostMs: number): void {
    this.#frozenUntil = this.#withFreezes.served + leastMs;
    this.#mayBeFrozenUntil = this.#withFreezes.sure + mostMs;
  }

  mayBeFrozenFor(ms: number): void {
    this.#mayBeFrozenUntil = Math.max(this.#mayBeFrozenUntil, this.#withFreezes.sure + ms);
  }

  /** Nobody knows whether a freeze of so much was ordered: one that ran may end sooner by it, or later. */
  renewPerhaps(leastMs: number, mostMs: number): void {
    this.#frozenUntil = Math.min(this.#frozenUntil, this.#withFreezes.served + leastMs);
    this.mayBeFrozenFor(mostMs);
  }

  /** Nobody knows whether a freeze is over. */
  thawPerhaps(): void {
    this.#frozenUntil = 0;
  }

  /** Nothing went wrong for a while. */
  get isSettled(): boolean {
    return this.#warmUp === 0;
  }

  pass(ms: number, was: { served: boolean; well: boolean; mailWell: boolean }): void {
    this.#at += ms;
    if (was.served) this.#passServed(ms);
    if (!was.mailWell) this.#warmUp = mailWarmUpMs;
    if (!was.well) return this.disturb();
    this.#passSure(Math.max(0, ms - this.#warmUp));
    this.#warmUp = Math.max(0, this.#warmUp - ms);
  }

  #passServed(ms: number): void {
    const frozen = Math.min(ms, Math.max(0, this.#frozenUntil - this.#withFreezes.served));
    this.#withFreezes.served += ms;
    this.#served += ms - frozen;
  }

  #passSure(ms: number): void {
    const frozen = Math.min(ms, Math.max(0, this.#mayBeFrozenUntil - this.#withFreezes.sure));
    this.#withFreezes.sure += ms;
    this.#sure += ms - frozen;
  }

  /** Something went wrong just now: what follows is not sure at once. */
  disturb(): void {
    // Why the longer one again: the call that all waited for may have been lost in this.
    this.#warmUp = this.#warmUp > warmUpMs ? mailWarmUpMs : warmUpMs;
  }
}
