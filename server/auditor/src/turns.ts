import { setTimeout as delay } from "node:timers/promises";
import type { Clock, Logger } from "@afterkeep/platform";
import type { AuditLog } from "./audit-log.ts";
import { batch } from "./sequencer.ts";

export type TurnsOptions = { log: AuditLog; clock: Clock; logger: Logger; turnEveryMs: number; fsckEveryMs: number };

/** Turns for ever, one at a time. While alarmed it reads everything again now and then, in case the database is healed. */
export function startTurns(options: TurnsOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = loop(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function loop(
  { log, clock, logger, turnEveryMs, fsckEveryMs }: TurnsOptions,
  signal: AbortSignal,
): Promise<void> {
  let lastFsckMs = clock.monotonicMs();
  while (!signal.aborted) {
    try {
      const isAlarmed = log.store.alarm() !== null;
      if (isAlarmed && clock.monotonicMs() - lastFsckMs >= fsckEveryMs) {
        await log.fsck();
        lastFsckMs = clock.monotonicMs();
      }
      // Why at once after a full batch alone: a flood is taken without waiting, and what trickles in does not have a head signed for each.
      const added = isAlarmed ? 0 : await log.turn();
      if (added >= batch) continue;
    } catch (err) {
      logger.warn({ event: "audit-turn-failed", err }, "will try again");
    }
    await delay(turnEveryMs, undefined, { signal }).catch(() => {});
  }
}
