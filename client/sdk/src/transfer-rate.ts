const windowMs = 20_000;

/** How fast bytes go lately, and how long the rest takes at that rate. */
export class TransferRate {
  readonly #total: number;
  #samples: { readonly at: number; readonly done: number }[];

  constructor(totalBytes: number, nowMs: number) {
    this.#total = totalBytes;
    this.#samples = [{ at: nowMs, done: 0 }];
  }

  /** Over the last twenty seconds, and the sample before them, so that slow parts count too. */
  measure(doneBytes: number, nowMs: number): { readonly bytesPerSecond: number; readonly msLeft: number | null } {
    this.#samples.push({ at: nowMs, done: doneBytes });
    const first = this.#samples.findLastIndex(({ at }) => nowMs - at >= windowMs);
    this.#samples = this.#samples.slice(Math.max(0, first));
    const oldest = this.#samples[0] ?? { at: nowMs, done: doneBytes };
    const ms = nowMs - oldest.at;
    const bytesPerSecond = ms > 0 ? Math.max(0, ((doneBytes - oldest.done) * 1000) / ms) : 0;
    const left = this.#total - doneBytes;
    return { bytesPerSecond, msLeft: left <= 0 ? 0 : bytesPerSecond > 0 ? (left * 1000) / bytesPerSecond : null };
  }
}
