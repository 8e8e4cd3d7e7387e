/** When the product ran, by this process's own monotonic clock, ms. What ran nowhere was attended by nobody. */
export class UpTime {
  readonly #spans: { from: number; to: number }[] = [];

  /** Before anything of it is started. Why so early: a product answers, and decides, before whoever started it is told that it runs. */
  begin(): void {
    this.#spans.push({ from: performance.now(), to: Number.POSITIVE_INFINITY });
  }

  /** @param at the last moment in which what was begun surely did not run yet */
  didNotRunUntil(at: number): void {
    const last = this.#spans.at(-1);
    if (last !== undefined) last.from = Math.max(last.from, at);
  }

  /** At the moment by which nothing of it runs any more. */
  end(): void {
    const last = this.#spans.at(-1);
    if (last !== undefined) last.to = Math.min(last.to, performance.now());
  }

  /** The most that it can have run between two moments. */
  between(since: number, until: number): number {
    return this.#spans.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - Math.max(from, since)), 0);
  }
}
