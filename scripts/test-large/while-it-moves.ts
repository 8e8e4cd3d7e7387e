import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

/** Nothing may stand still for longer, ms. Why no limit on the whole: a slow machine is slow, and only what stands still is broken. */
const stillMs = 180_000;
const everyMs = 500;

export type Movement = {
  /** For people: what is waited for. */
  readonly what: string;
  readonly isOver: () => boolean | Promise<boolean>;
  /** Anything that is not the same once something moved: bytes that arrived, or were read. */
  readonly mark: () => string | number | Promise<string | number>;
};

/** Resolves when it is over; throws once the mark has stayed the same for three minutes. */
export async function whileItMoves({ what, isOver, mark }: Movement): Promise<void> {
  let last: string | number | undefined;
  let movedAt = performance.now();
  while (!(await isOver())) {
    const now = await mark();
    if (now !== last) movedAt = performance.now();
    last = now;
    if (performance.now() - movedAt > stillMs) throw new Error(`${what}: nothing moved for ${stillMs / 1000} s.`);
    await wait(everyMs);
  }
}
