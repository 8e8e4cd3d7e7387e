import { describe, expect, it } from "vitest";
import { inOrder } from "./in-order.ts";

async function* numbers(count: number, onRead: (n: number) => void = () => undefined) {
  for (let n = 0; n < count; n++) {
    onRead(n);
    yield n;
  }
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const list = [];
  for await (const result of results) list.push(result);
  return list;
}

describe("work in order", () => {
  it("comes out in the source's order, whichever was done first, and never more of it at once than asked for", async () => {
    const finished = Array.from({ length: 6 }, () => Promise.withResolvers<void>());
    const doneOrder: number[] = [];
    let [running, most] = [0, 0];
    const work = async (n: number) => {
      most = Math.max(most, ++running);
      // Every even one waits for the odd one behind it.
      if (n % 2 === 0) await finished[n + 1]?.promise;
      running--;
      doneOrder.push(n);
      finished[n]?.resolve();
      return n;
    };
    expect(await all(inOrder(numbers(6), 3, work))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(doneOrder).not.toEqual([0, 1, 2, 3, 4, 5]);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
  });

  it("reads no further than it has room for while nobody takes", async () => {
    let read = 0;
    const results = inOrder(
      numbers(100, () => read++),
      3,
      async (n) => n,
    );
    await results.next();
    expect(read).toBe(3);
    await results.next();
    expect(read).toBe(4);
    await results.return();
  });

  it("fails in its turn, after what was done before, and leaves nothing running", async () => {
    let running = 0;
    const results = inOrder(numbers(10), 3, async (n) => {
      running++;
      await Promise.resolve();
      running--;
      if (n === 1) throw new RangeError("the second");
      return n;
    });
    expect((await results.next()).value).toBe(0);
    await expect(results.next()).rejects.toThrow("the second");
    expect(running).toBe(0);
  });
});
