const width = 4;

/**
 * Does work for each item, a few at once, and answers results in the order of the items. The first failure stops what is under way (its
 * signal), begins nothing more, waits until all of it has ended, and is thrown.
 */
export async function atOnce<T, R>(
  items: readonly T[],
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  outer?: AbortSignal,
): Promise<R[]> {
  const failed = new AbortController();
  const signal = outer === undefined ? failed.signal : AbortSignal.any([outer, failed.signal]);
  const results: R[] = [];
  const waiting = [...items.entries()].values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (failures.length > 0) return;
      results[index] = await work(item, index, signal);
    }
  };
  const guarded = (): Promise<void> =>
    lane().catch((error: unknown) => {
      failures.push(error);
      failed.abort();
    });
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, guarded));
  if (failures.length > 0) throw failures[0];
  return results;
}
