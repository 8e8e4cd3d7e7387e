import type { AttendedTime } from "../time/attended-time.ts";
import type { Store } from "./store.ts";

type Waiting = { run(): void; settle(): void; fail(error: unknown): void };

/**
 * One commit for all check-ins that have arrived: each waits for the disk, and a disk that is asked for each alone answers fewer than a
 * hundred a second. A change that is refused is undone alone. Nobody is answered before the commit is on disk.
 */
export class SharedCommit {
  readonly #store: Store;
  readonly #time: AttendedTime;
  #waiting: Waiting[] = [];

  constructor(store: Store, time: AttendedTime) {
    this.#store = store;
    this.#time = time;
  }

  /**
   * @param change runs inside the commit; what it keeps in memory must not be wrong if the commit fails after all
   * @param otherwise answers where it failed, or throws, outside of any commit and before anything else is done
   */
  run<Result>(change: () => Result, otherwise: (error: unknown) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      let settle = (): void => {};
      const fail = (error: unknown): void => {
        try {
          resolve(otherwise(error));
        } catch (refusal) {
          reject(refusal);
        }
      };
      this.#waiting.push({
        run: () => {
          try {
            const result = this.#store.attempt(change);
            settle = () => resolve(result);
          } catch (error) {
            settle = () => fail(error);
          }
        },
        settle: () => settle(),
        fail,
      });
      if (this.#waiting.length === 1) setImmediate(() => this.flush());
    });
  }

  /** Hears all that has arrived, now. Before whatever gives or decides something: who came first is heard first. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    try {
      this.#time.advance(() => this.#store.share(() => waiting.forEach((one) => one.run())));
    } catch (error) {
      for (const one of waiting) one.fail(error);
      return;
    }
    for (const one of waiting) one.settle();
  }
}
