import type { SlotName } from "./storage/releases.ts";

type OneReminder = { b: string; lastSign: string; phase: string; index: number; attempt: number };

/**
 * What a letter is about, once in a tenant, as the outbox names it. Invariant: written and read only here, because who takes a letter back, or looks whether it still
 * holds, must find the one that was written. Ids and hashes hold no colon.
 */
export const effects = {
  release: ({ decisionId, r }: Pick<SlotName, "decisionId" | "r">) => `release:${decisionId}:${r}`,
  withdrawn: ({ decisionId, r }: Pick<SlotName, "decisionId" | "r">) => `withdrawn:${decisionId}:${r}`,
  releaseBegun: (decisionId: string) => `release-begun:${decisionId}`,
  loosening: (b: string, policyHash: string) => `loosening:${b}:${policyHash}`,
  held: (restore: string) => `held:${restore}`,
  reminder: ({ b, lastSign, phase, index, attempt }: OneReminder) =>
    `reminder:${b}:${lastSign}:${phase}:${index}:${attempt}`,
};

type Named = { tenant: string; key: string };

/** Whose share, given by which decision, a letter to a recipient speaks of. */
export function slotOf({ tenant, key }: Named): SlotName {
  const [, decisionId = "", r = ""] = key.split(":");
  return { tenant, decisionId, r };
}

/** The decision that a letter about a release speaks of. */
export function decisionOf({ key }: Pick<Named, "key">): string {
  const [, decisionId = ""] = key.split(":");
  return decisionId;
}

/** The policy that the letter of a loosening speaks of. */
export function policyOf({ key }: Pick<Named, "key">): { b: string; policyHash: string } {
  const [, b = "", policyHash = ""] = key.split(":");
  return { b, policyHash };
}

/** The restore that the letter of a hold speaks of. */
export function restoreOf({ key }: Pick<Named, "key">): string {
  const [, restore = ""] = key.split(":");
  return restore;
}
