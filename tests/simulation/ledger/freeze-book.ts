import { dayMs, tickMs } from "../world/time.ts";
import type { BequestFacts } from "./facts.ts";
import type { Meters } from "./meters.ts";
import { Violation } from "./violation.ts";

const longestMs = 30 * dayMs;
/** Until its end is written and what it kept waiting is looked at. */
const allowanceMs = 4 * tickMs;
const warned: ReadonlySet<string> = new Set(["reminding", "grace", "lastCall"]);

type Kept = {
  readonly meters: Meters;
  readonly bequests: Iterable<BequestFacts>;
  count(invariant: string): void;
};

/** What the operators ordered, and were answered. */
export class FreezeBook {
  readonly #ledger: Kept;
  /** True times of orders that may have been obeyed. */
  readonly orders: number[] = [];

  constructor(ledger: Kept) {
    this.#ledger = ledger;
  }

  /** How many orders may have been obeyed in the silence since then, and before it: a freeze may be longer than it. */
  since(at: number): number {
    return this.orders.filter((one) => one + 3 * longestMs >= at).length;
  }

  /** The keyholder signed that it froze everything, or goes on to. */
  frozen(forMs: number): void {
    const { meters, bequests } = this.#ledger;
    const isNew = !meters.now().isFrozen;
    this.orders.push(meters.now().at);
    meters.freezeFor(forMs, forMs + allowanceMs);
    if (!isNew) return;
    for (const facts of bequests)
      if (warned.has(facts.state) && !facts.isUncertain) facts.warnedAtFreeze = meters.now();
  }

  /** Nobody knows whether an order was obeyed. */
  maybeFrozen(forMs: number): void {
    this.orders.push(this.#ledger.meters.now().at);
    this.#ledger.meters.renewPerhaps(forMs, forMs + allowanceMs);
  }

  /** The keyholder signed that it ended. */
  thawed(): void {
    this.#ledger.meters.freezeFor(0, allowanceMs);
  }

  /** Nobody knows whether it ended. */
  maybeThawed(): void {
    this.#ledger.meters.thawPerhaps();
  }

  /** An older store, or an older version, knows of none, or of one that is over. */
  forgotten(): void {
    if (this.orders.length === 0) return;
    this.#ledger.meters.thawPerhaps();
    this.#ledger.meters.mayBeFrozenFor(longestMs + allowanceMs);
    for (const facts of this.#ledger.bequests) facts.warnedAtFreeze = null;
  }

  /** F2: every freeze ends by itself, in time that counts. */
  judgeEnd(isFrozen: boolean): void {
    if (this.orders.length === 0) return;
    this.#ledger.count("F2");
    if (isFrozen && !this.#ledger.meters.mayBeFrozen) throw new Violation("F2", "a freeze did not end");
  }
}
