/**
 * Works on up to `width` items of a source at once and gives the results in the source's order. Reads on only while its consumer does.
 * When it ends, for whatever reason, nothing of its work is still running.
 */
export async function* inOrder<T, R>(
  source: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of source) {
      const result = work(item);
      // Why: a later one may fail while an earlier one is still waited for; it is met when its turn comes.
      result.catch(() => undefined);
      running.push(result);
      if (running.length >= width) yield await first(running);
    }
    while (running.length > 0) yield await first(running);
  } finally {
    await Promise.allSettled(running);
  }
}

function first<R>(running: Promise<R>[]): Promise<R> {
  const result = running.shift();
  if (result === undefined) throw new RangeError("nothing is running");
  return result;
}
