export type Planned = { readonly at: number; readonly what: string; readonly happen: () => Promise<void> | void };
type Entry = Planned & { readonly order: number };

/** What is going to happen, earliest first; what was planned first goes first at the same moment. */
export class Agenda {
  readonly #heap: Entry[] = [];
  #planned = 0;

  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  plan(planned: Planned): void {
    this.#heap.push({ ...planned, order: this.#planned++ });
    this.#rise(this.#heap.length - 1);
  }

  take(): Planned | null {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return null;
    if (this.#heap.length > 0) this.#put(0, last);
    return first;
  }

  #rise(at: number): void {
    const parent = (at - 1) >> 1;
    if (at > 0 && this.#isBefore(at, parent)) {
      this.#swap(at, parent);
      this.#rise(parent);
    }
  }

  #put(at: number, entry: Entry): void {
    this.#heap[at] = entry;
    this.#sink(at);
  }

  #sink(at: number): void {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    let first = at;
    if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
    if (right < this.#heap.length && this.#isBefore(right, first)) first = right;
    if (first === at) return;
    this.#swap(at, first);
    this.#sink(first);
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one !== undefined && other !== undefined) [this.#heap[a], this.#heap[b]] = [other, one];
  }
}
