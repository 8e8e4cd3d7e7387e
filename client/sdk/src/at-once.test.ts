import { describe, expect, it } from "vitest";
import { atOnce } from "./at-once.ts";

/** Work that ends only when it is told to, in the order of the calls. */
function aGate() {
  const open: (() => void)[] = [];
  return { pass: () => new Promise<void>((resolve) => open.push(resolve)), open };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

describe("work at once", () => {
  it("has four under way at most, and answers in the order of the items", async () => {
    const gate = aGate();
    let running = 0;
    let most = 0;
    const all = atOnce([...Array(10).keys()], async (item) => {
      most = Math.max(most, ++running);
      await gate.pass();
      running--;
      return item * 2;
    });
    for (let done = 0; done < 10; done++) {
      await turns(5);
      gate.open.pop()?.();
    }
    expect(await all).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    expect(most).toBe(4);
  });

  it("throws the first failure, stops the others, begins nothing more and leaves nothing running", async () => {
    const begun: number[] = [];
    let running = 0;
    const all = atOnce([0, 1, 2, 3, 4, 5, 6], async (item, _index, signal) => {
      begun.push(item);
      running++;
      try {
        if (item === 2) throw new Error("the disk is gone");
        await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
      } finally {
        running--;
      }
    });
    await expect(all).rejects.toThrow("the disk is gone");
    expect([begun, running]).toEqual([[0, 1, 2, 3], 0]);
  });

  it("is stopped from outside too", async () => {
    const outside = new AbortController();
    const stopped = (signal: AbortSignal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
    const all = atOnce([1, 2], (_item, _index, signal) => stopped(signal), outside.signal);
    outside.abort();
    await expect(all).rejects.toThrow("stopped");
  });

  it("has nothing to do for nothing", async () => {
    expect(await atOnce([], () => Promise.reject(new Error("asked")))).toEqual([]);
  });
});
