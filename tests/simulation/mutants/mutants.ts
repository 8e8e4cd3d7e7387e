import { planted } from "./planted.ts";

/** A seeded bug: one place in one file of the product, planted by the loader of the simulator's own process only. */
export type Mutant = {
  readonly name: string;
  /** The invariants of which one must be found broken. */
  readonly breaks: readonly string[];
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};

export const mutants: readonly Mutant[] = planted;

export function findMutant(name: string): Mutant {
  const mutant = mutants.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
}
