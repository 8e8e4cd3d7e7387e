import type { ClockParts, ClockTables } from "@afterkeep/clock";
import { type DatabaseConfig, openDatabase } from "@afterkeep/platform";
import { dueAtMs } from "./armed-switches.ts";
import { aQuickKeyholder } from "./a-quick-keyholder.ts";

/** The clock zone's own parts over a database of the bench; its time stands at the moment at which the switches are due. */
export function aClock(database: DatabaseConfig, { awaitsReminder = true } = {}): ClockParts {
  const clock = { nowMs: () => dueAtMs, monotonicMs: () => performance.now() };
  const loudly = (fields: object, message?: string) => console.error(message, fields);
  return {
    db: openDatabase<ClockTables>(database, { max: 30 }),
    keyholder: aQuickKeyholder({ awaitsReminder }),
    keys: { dekOf: () => Promise.reject(new Error("a transition needs no key")) },
    clock,
    realClock: clock,
    logger: { debug: () => {}, info: () => {}, warn: loudly, error: loudly },
    publicUrl: "http://localhost",
  };
}

/** A keyholder that signs nothing here. */
export const pinned = { publicKey: new Uint8Array(32), mode: "real" as const };
