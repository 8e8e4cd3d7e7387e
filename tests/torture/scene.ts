import type { Random } from "../simulation/chance/random.ts";
import type { Machine } from "./machine/machine.ts";
import type { Ledger } from "./oracle/ledger.ts";
import type { Household } from "./people/household.ts";

/** A tenth of a second is a day. */
export const factor = 864_000;

/** One product in one data folder, and those who live with it while its machine fails. */
export type Era = {
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly folder: string;
  /** Checks in all the time. */
  readonly vera: Household;
  /** Fall silent in turn. */
  readonly others: readonly Household[];
  say(line: string): void;
};
