import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@afterkeep/platform";

export type Repeating = { stop(): Promise<void> };

/** Does `work` again and again, one at a time, `everyMs` real ms between; at once when it answers that there is more. */
export function repeat(event: string, everyMs: () => number, logger: Logger, work: () => Promise<boolean>): Repeating {
  const stopping = new AbortController();
  const { signal } = stopping;
  const turn = async (): Promise<boolean> => {
    try {
      return await work();
    } catch (err) {
      logger.warn({ event, err }, "will try again");
      return false;
    }
  };
  const loop = async () => {
    while (!signal.aborted) {
      const hasMore = await turn();
      if (!hasMore) await delay(everyMs(), undefined, { signal }).catch(() => {});
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
