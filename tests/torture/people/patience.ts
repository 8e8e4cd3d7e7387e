import { setTimeout as wait } from "node:timers/promises";
import { NotReceiptedError, ProblemError, UnavailableError } from "@afterkeep/sdk";

/** Why something has to be tried again: nobody answered, or the answer proves nothing. */
export function isNoAnswer(error: unknown): boolean {
  if (error instanceof UnavailableError || error instanceof NotReceiptedError) return true;
  return error instanceof ProblemError && (error.status >= 500 || error.status === 429);
}

export class OutOfPatienceError extends Error {}

/** How long the product has been there, in ms, since somebody began to try. */
export type Served = (since: number) => number;
const enoughServedMs = 60_000;
/** Even a machine that is busy with other things has started a product by then. */
const enoughMs = 600_000;

/**
 * Tries again, as a person would, for as long as nobody answers. Throws what the product refused, and OutOfPatienceError when it was there for a
 * minute and did not answer this.
 */
export async function patiently<T>(what: string, served: Served, attempt: () => Promise<T>): Promise<T> {
  const begunAt = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      const isEnough = served(begunAt) > enoughServedMs || performance.now() - begunAt > enoughMs;
      if (isEnough) throw new OutOfPatienceError(`${what} had no answer: ${String(error)}`, { cause: error });
      await wait(150);
    }
  }
}
