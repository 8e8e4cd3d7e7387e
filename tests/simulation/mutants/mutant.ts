/** A seeded bug: one place in one file of the product, planted by the loader of the simulator's own process only. */
export type Mutant = {
  readonly name: string;
  /** The invariants of which one must be found broken. */
  readonly breaks: readonly string[];
  /** It takes minutes to meet; tried where AFTERKEEP_SIMULATION is "whole". */
  readonly isSlow?: true;
  /** Met by the same silent world with three clock zones, rather than by lives. */
  readonly isTwins?: true;
  /** A seed whose worlds meet it early: lived before others (seeds-of.ts). */
  readonly seed: string;
  /** The world of that seed which meets it; else the first. */
  readonly from?: number;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};
