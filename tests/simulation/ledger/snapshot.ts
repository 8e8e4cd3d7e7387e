import { dayMs, tickMs } from "../world/time.ts";
import { holdOf } from "./arithmetic.ts";
import type { BequestFacts, Moment } from "./facts.ts";
import { forgetRequests } from "./asked.ts";
import { takeBack, type Ledger } from "./ledger.ts";

type Kept = Pick<BequestFacts, "bound" | "armed" | "disarmed" | "heardSigned" | "manifests">;

/** What a copy of the keyholder's store will know if it is put back one day. */
export type Snapshot = {
  readonly taken: Moment;
  readonly bequests: ReadonlyMap<BequestFacts, Kept>;
  readonly fetches: ReadonlySet<string>;
};

export function takeSnapshot(ledger: Ledger): Snapshot {
  const kept = [...ledger.bequests].map((facts): [BequestFacts, Kept] => {
    const { bound, armed, disarmed, heardSigned, manifests } = facts;
    return [facts, { bound, armed, disarmed, heardSigned, manifests: new Map(manifests) }];
  });
  return { taken: ledger.now(), bequests: new Map(kept), fetches: ledger.fetches.copy() };
}

/**
 * The copy was put back: what happened since is unknown to the keyholder, and the time since was never attended.
 * @returns the disarms that were lost; they stop things again once they are given back
 */
export function goBack(ledger: Ledger, { taken, bequests, fetches }: Snapshot): BequestFacts[] {
  const now = ledger.now();
  const later = (moment: Moment) => shift(moment, taken, now);
  ledger.freezes.forgotten();
  ledger.fetches.goBackTo(fetches);
  return [...ledger.bequests].filter((facts) => {
    const known = bequests.get(facts);
    takeBack(facts);
    forgetRequests(facts);
    const isDisarmLost = facts.disarmed !== null && (known?.disarmed ?? null) === null && !facts.isArmedAgain;
    facts.restored = now;
    facts.heldAgain = null;
    facts.paused = null;
    facts.isGivenBack = false;
    if (facts.longestPauseMs > 0) facts.mayBePaused = { from: now, ms: facts.longestPauseMs + dayMs };
    facts.cooling = null;
    facts.bound = known?.bound ?? null;
    facts.disarmed = known?.disarmed ?? null;
    facts.armed = known?.armed ? later(known.armed) : null;
    if (known !== undefined) facts.heardSigned = later(known.heardSigned);
    for (const [g, hashes] of known?.manifests ?? []) {
      facts.manifests.set(g, [...hashes, ...(facts.manifests.get(g) ?? [])]);
    }
    return isDisarmLost;
  });
}

/** The keyholder holds everything without having lost anything: its clock was in doubt for too long. What is held already goes on. */
export function holdAll(ledger: Ledger): void {
  const now = ledger.now();
  for (const facts of ledger.bequests) {
    takeBack(facts);
    forgetRequests(facts);
    facts.cooling = null;
    const { bound, restored, heldAgain } = facts;
    const hold = bound === null ? 0 : holdOf(bound);
    const isOver = (began: Moment | null) => began === null || now.sure - began.sure > hold + ticksToLift;
    if (restored === null || isOver(restored)) {
      // Why the one that came after it, where there may have been one: if it began then, it goes on.
      facts.restored = isOver(heldAgain) ? now : heldAgain;
      facts.heldAgain = isOver(heldAgain) ? null : now;
    } else if (now.served - restored.served >= hold) facts.heldAgain = now;
  }
}

/** The keyholder learns that its store is an older one than it knew: everything is held from here, whatever was held or heard since. */
export function renewHold(ledger: Ledger): void {
  for (const facts of ledger.bequests) {
    takeBack(facts);
    forgetRequests(facts);
    facts.cooling = null;
    facts.restored = ledger.now();
    facts.heldAgain = null;
  }
}

const ticksToLift = 2 * tickMs;

function shift(moment: Moment, taken: Moment, now: Moment): Moment {
  return {
    at: moment.at,
    served: moment.served + now.served - taken.served,
    sure: moment.sure + now.sure - taken.sure,
    isFrozen: moment.isFrozen,
  };
}
