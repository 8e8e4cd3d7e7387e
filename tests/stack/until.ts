import { setTimeout as wait } from "node:timers/promises";

/** Waits for what another process or the disk will do. It has no end of its own: the test's does, on a loaded machine too. */
export async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await wait(2);
}
