import { z } from "zod";
import { Random } from "./chance/random.ts";
import type { Lives } from "./people/habits.ts";
import { type Ordeal, ordeals } from "./ledger/ordeal.ts";

export type WorldPlan = {
  readonly seed: string;
  readonly vaults: number;
  readonly years: number;
  /** How many times rarer than at the worst misfortune is; infinite for none. */
  readonly calm: number;
  readonly isTicked: boolean;
  readonly ordeal: Ordeal;
  /** Nobody is heard after the first day. */
  readonly isSilent: boolean;
  /** Owners let people ask, and they do. */
  readonly isAsked: boolean;
  /** The clock zone is the product's own, over a database in memory; else one that stands in for it. */
  readonly hasClockZone: boolean;
  /** The keyholder has operators, who freeze everything now and then. */
  readonly hasOperators: boolean;
  /** Some owners have a job that checks in for them. */
  readonly hasJobs: boolean;
  /** Somebody signs in to the accounts of some owners, of which the api tells the keyholder. */
  readonly hasSignIns: boolean;
  /** Some owners arm first with their recovery kit at hand. */
  readonly hasKits: boolean;
  /** Now and then somebody's record cannot be read for some days. */
  readonly hasDamage: boolean;
  /** Between the clients and the keyholder stands the product's api, over a database in memory. */
  readonly hasApi: boolean;
  readonly lives: Lives;
};

const clockZoneShare = 0.25;
const operatorsShare = 0.25;
const apiShare = 0.2;
const damageShare = 0.15;
const jobsShare = 0.15;
const signInsShare = 0.15;
const kitsShare = 0.15;
const ordinaryShare = 0.75;
/** Ordeals that a clock zone of another kind is part of. */
const standsIn: ReadonlySet<Ordeal> = new Set(["dead clock zone", "lying clock zone"]);

/** `small` for few people, in a bad year; `eventful` for none of ordinary lives. */
export const worldSizes = z.enum(["mixed", "eventful", "small"]);
export type WorldSize = z.infer<typeof worldSizes>;

/** The world that a seed stands for. */
export function planOf(seed: string, size: WorldSize): WorldPlan {
  // Why a randomness of its own: worlds without it stay what they were.
  const isDrawn = new Random(`${seed}/clock zone`).chance(clockZoneShare);
  const hasOperators = new Random(`${seed}/operators`).chance(operatorsShare);
  const hasApi = new Random(`${seed}/with the api`).chance(apiShare);
  const hasJobs = new Random(`${seed}/their jobs`).chance(jobsShare);
  const hasSignIns = new Random(`${seed}/signed into`).chance(signInsShare);
  const hasKits = new Random(`${seed}/with their kit`).chance(kitsShare);
  // Why not with the product's own zones: what they mail, keep and give back of a record that cannot be read is not judged.
  const hasDamage = !isDrawn && !hasApi && new Random(`${seed}/damaged records`).chance(damageShare);
  const isOrdinary = size === "mixed" && new Random(`${seed}/lives`).chance(ordinaryShare);
  const lives = isOrdinary ? "ordinary" : "eventful";
  const usual = {
    seed,
    isTicked: false,
    isSilent: false,
    hasOperators,
    hasApi,
    hasJobs,
    hasSignIns,
    hasKits,
    hasDamage,
    lives,
  } as const;
  if (size === "small")
    return { ...usual, vaults: 3, years: 1, calm: 1, ordeal: "none", isAsked: true, hasClockZone: isDrawn };
  const random = new Random(`${seed}/plan`);
  const calm = random.pick([1, 1, 1, 1, 1, 3, 10, Number.POSITIVE_INFINITY]);
  const ordeal = random.chance(0.6) ? "none" : random.pick(ordeals);
  // Why a randomness of its own: worlds without requests stay what they were.
  const isAsked = new Random(`${seed}/requests`).chance(0.5);
  const vaults = random.between(20, 40) * (isOrdinary ? 3 : 1);
  const plan = { ordeal, vaults, years: random.between(6, 16), calm, isAsked };
  return { ...usual, ...plan, hasClockZone: isDrawn && !standsIn.has(ordeal) };
}
