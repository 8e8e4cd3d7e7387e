import { Violation } from "./violation.ts";

type Row = { readonly decision: string; readonly r: string; readonly manifestHash: string };

/** Every share that left, as the recipients know it: E3, fetched ⇔ the keyholder's row. */
export class FetchBook {
  readonly #certain = new Map<string, string>();
  readonly #possible = new Set<string>();

  fetched(decision: string, r: string, manifestHash: string): void {
    this.#certain.set(`${decision}/${r}`, manifestHash);
  }

  /** The answer was lost on the way. */
  maybeFetched(decision: string, r: string): void {
    this.#possible.add(`${decision}/${r}`);
  }

  copy(): ReadonlySet<string> {
    return new Set(this.#certain.keys());
  }

  /** An older store was put back: what it does not know may be missing. */
  goBackTo(known: ReadonlySet<string>): void {
    for (const key of this.#certain.keys()) {
      if (known.has(key)) continue;
      this.#certain.delete(key);
      this.#possible.add(key);
    }
  }

  compare(rows: readonly Row[]): void {
    const found = new Map(rows.map(({ decision, r, manifestHash }) => [`${decision}/${r}`, manifestHash]));
    for (const [key, hash] of this.#certain) {
      if (found.get(key) !== hash) throw new Violation("E3", "a share left without its row");
    }
    for (const key of found.keys()) {
      if (!this.#certain.has(key) && !this.#possible.has(key)) throw new Violation("E3", "a row without a fetch");
    }
  }
}
