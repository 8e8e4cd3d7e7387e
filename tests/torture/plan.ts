import { Random } from "../simulation/chance/random.ts";
import { type FaultName, faultNames } from "./faults/faults.ts";

/** What an owner does while the fault is there or after it. */
export type Fate = "falls silent" | "comes back" | "disarms" | "pauses";
export type Cycle = { readonly number: number; readonly faults: readonly FaultName[]; readonly fate: Fate };

export const cyclesOfAnEra = 10;
const fates: readonly Fate[] = [
  ...Array.from({ length: 6 }, () => "falls silent" as const),
  "comes back",
  "comes back",
  "disarms",
  "pauses",
];

/**
 * Ten cycles in which every kind of fault and every fate occurs at least once; the same for the same seed.
 * @param kinds the faults that are dealt: all, or those that somebody wants to look at
 */
export function planEra(seed: string, kinds: readonly FaultName[] = faultNames): Cycle[] {
  const random = new Random(`${seed}/plan`);
  const enough = Array.from({ length: Math.ceil(cyclesOfAnEra / kinds.length) }, () => kinds).flat();
  const deck = shuffled(enough, random);
  const dealt = deck.slice(0, cyclesOfAnEra).map((fault) => [fault]);
  for (const fault of deck.slice(cyclesOfAnEra)) random.pick(dealt).push(fault);
  const lives = shuffled(fates, random);
  return dealt.map((faults, number) => ({ number, faults, fate: lives[number] ?? "falls silent" }));
}

function shuffled<T>(from: readonly T[], random: Random): T[] {
  const left = [...from];
  return from.map(() => left.splice(random.between(0, left.length - 1), 1)).flat();
}
