import type { Random } from "../chance/random.ts";
import type { BequestFacts } from "../ledger/facts.ts";
import type { Watcher } from "../people/watcher.ts";
import { dayMs, hourMs } from "../world/time.ts";
import type { World } from "../world/world.ts";

/** Somebody's record of one bequest that cannot be read for some days, until a person mends it by hand: as it was. */
export class Damage {
  readonly #world: World;
  readonly #watcher: Watcher;
  readonly #random: Random;
  #damaged: { readonly facts: BequestFacts; readonly history: string } | null = null;

  constructor(world: World, watcher: Watcher, random: Random) {
    this.#world = world;
    this.#watcher = watcher;
    this.#random = random;
  }

  /** @param meanMs between two of them, in the mean */
  begin(meanMs: number): void {
    this.#world.later(this.#random.wait(meanMs), "a record is looked for", () => {
      this.begin(meanMs);
      this.#damage();
    });
  }

  #damage(): void {
    const { process, ledger } = this.#world;
    if (this.#damaged !== null || !process.isUp || process.hasCrashed) return;
    const facts = this.#random.pick([...ledger.bequests]);
    const history = process.eyes.historyOf(facts);
    // Why not then: nobody could say whether the statement that is under way comes before or after.
    if (history === null || facts.isUncertain) return;
    this.#world.fault("record damaged");
    process.eyes.writeHistory(facts, history.slice(0, -1));
    this.#damaged = { facts, history };
    this.#world.isRecordDamaged = true;
    facts.damaged = ledger.now();
    this.#mendLater(this.#random.wait(3 * dayMs));
  }

  #mendLater(ms: number): void {
    const { facts } = this.#damaged ?? {};
    this.#world.later(ms, "a record is mended", () => {
      if (this.#damaged?.facts !== facts) return;
      const { process } = this.#world;
      if (process.isUp && !process.hasCrashed) this.mend();
      else this.#mendLater(hourMs);
    });
  }

  /** At once, if there is something to mend. The process must be up. */
  mend(): void {
    if (this.#damaged === null) return;
    const { facts, history } = this.#damaged;
    const { process, ledger } = this.#world;
    this.#world.takeErrors();
    process.eyes.writeHistory(facts, history);
    this.#damaged = null;
    this.#world.isRecordDamaged = false;
    facts.damaged = null;
    facts.mended = ledger.now();
    // Why: what the feed told of it while it could not be read, it left out; the product's clock zone looks again within a day.
    this.#watcher.forgetCursor();
  }
}
