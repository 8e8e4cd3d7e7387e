import type { BequestFacts, Moment } from "./facts.ts";
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
  ledger.fetches.goBackTo(fetches);
  return [...ledger.bequests].filter((facts) => {
    const known = bequests.get(facts);
    takeBack(facts);
    const isDisarmLost = facts.disarmed !== null && (known?.disarmed ?? null) === null;
    facts.restored = now;
    facts.cooling = null;
    facts.fragilePromises.clear();
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

function shift(moment: Moment, taken: Moment, now: Moment): Moment {
  return {
    at: moment.at,
    served: moment.served + now.served - taken.served,
    sure: moment.sure + now.sure - taken.sure,
  };
}
