import { setTimeout as wait } from "node:timers/promises";
import { NotReceiptedError, ProblemError, UnavailableError } from "@afterkeep/sdk";

/** Why something has to be tried again: nobody answered, or the answer proves nothing. */
export function isNoAnswer(error: unknown): boolean {
  if (error instanceof UnavailableError || error instanceof NotReceiptedError) return true;
  return error instanceof ProblemError && (error.status >= 500 || error.status === 429);
}

export class OutOfPatienceError extends Error {}

/** Tries again, as a person would, for as long as nobody answers. Throws what the product refused, and OutOfPatienceError at the end. */
export async function patiently<T>(what: string, attempt: () => Promise<T>, limitMs = 90_000): Promise<T> {
  const begunAt = performance.now();
  for (let last: unknown = null; performance.now() - begunAt < limitMs; await wait(150)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
      last = error;
      if (performance.now() - begunAt + 150 >= limitMs)
        throw new OutOfPatienceError(`${what}: not in ${limitMs} ms`, { cause: last });
    }
  }
  throw new OutOfPatienceError(`${what}: not in ${limitMs} ms`);
}
