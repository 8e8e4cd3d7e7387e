/** When the product was seen to answer, by the monotonic clock, ms. */
export class Service {
  readonly #spans: { readonly from: number; readonly to: number }[] = [];

  /** It answered at both ends of this. Why at most a second: what lies between two looks that far apart nobody saw. */
  answered(from: number, to: number): void {
    if (to - from <= 1000) this.#spans.push({ from, to });
  }

  /** How long it was there since a moment. */
  readonly since = (moment: number): number =>
    this.#spans.reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, moment)), 0);
}
