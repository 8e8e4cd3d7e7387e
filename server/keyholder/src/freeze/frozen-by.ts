import { ConflictError } from "@afterkeep/platform";
import { type FrozenBy, isFrozen } from "@afterkeep/switch";
import type { KeyholderParts } from "../parts.ts";
import { readFreeze } from "../store/freeze.ts";
import type { Store } from "../store/store.ts";

/** The operators' freeze, where one runs: how the switches stand while it does. */
export function frozenByOperators(store: Store, attendedMs: number): FrozenBy | null {
  const freeze = readFreeze(store);
  return isFrozen(freeze) ? { waitsFor: "operators", untilAttended: attendedMs + freeze.leftMs } : null;
}

/** Why nothing runs now; null where everything does. Asked of clock and store each time: no answer of before may let anything be decided. */
export function frozenBy({ store, time }: Pick<KeyholderParts, "store" | "time">): FrozenBy | null {
  return time.isStopped() ? { waitsFor: "clock" } : frozenByOperators(store, time.now().attendedMs);
}

/** Throws ConflictError `held` while anything is frozen. @param nothing what a person wanted, as the end of "nothing …" */
export function requireRunning(parts: KeyholderParts, nothing: "is given" | "can be asked"): void {
  const frozen = frozenBy(parts);
  if (frozen === null) return;
  const why =
    frozen.waitsFor === "clock" ? "The keyholder's clock is behind" : "Two operators of this server froze everything";
  throw new ConflictError("held", `${why}; nothing ${nothing} meanwhile.`);
}
