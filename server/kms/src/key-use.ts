import type { Clock, Logger } from "@afterkeep/platform";
import { type Limit, RateLimit } from "./rate-limit.ts";

/**
 * Allowed uses of keys. Callers keep a tenant's key for minutes, so a healthy api stays far below; whoever has broken into it and
 * pulls all keys meets the caller's limit, and shows in the count.
 */
export const keyUseLimits = {
  createByCaller: { burst: 300, perSecond: 5 },
  unwrapByCaller: { burst: 2000, perSecond: 50 },
  unwrapByTenant: { burst: 240, perSecond: 4 },
} as const satisfies Record<string, Limit>;

export type KeyUse = {
  /** Throws RateLimitedError; counts what it lets through and what it refuses. */
  take(method: "createDek" | "unwrapDek", caller: string, tenant: string): void;
  /** Writes what was used since the last report into the log, a line for each caller and method. */
  report(): void;
};

/** Counts and limits the use of keys, by caller and by tenant. */
export function createKeyUse(clock: Clock, logger: Logger): KeyUse {
  const create = new RateLimit(keyUseLimits.createByCaller, clock);
  const byCaller = new RateLimit(keyUseLimits.unwrapByCaller, clock);
  const byTenant = new RateLimit(keyUseLimits.unwrapByTenant, clock);
  const counts = new Map<string, { event: string; method: string; name: string; count: number }>();
  const count = (event: string, method: string, name: string) => {
    const line = counts.get(`${event} ${method} ${name}`) ?? { event, method, name, count: 0 };
    counts.set(`${event} ${method} ${name}`, { ...line, count: line.count + 1 });
  };
  return {
    take: (method, caller, tenant) => {
      try {
        if (method === "createDek") create.take(caller);
        else {
          byTenant.take(`${caller} ${tenant}`);
          byCaller.take(caller);
        }
      } catch (error) {
        count("key-use-refused", method, caller);
        logger.warn({ event: "kms-rate-limited", method, name: caller, tenant }, "keys asked for too fast");
        throw error;
      }
      count("key-use", method, caller);
    },
    report: () => {
      for (const line of counts.values()) logger.info(line);
      counts.clear();
    },
  };
}
