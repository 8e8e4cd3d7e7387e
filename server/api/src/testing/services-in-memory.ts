import type { Clock, Logger } from "@afterkeep/platform";
import { createProductTime } from "../context/product-time.ts";
import { createRateLimiter } from "../context/rate-limiter.ts";
import { defaultLimits, type Services } from "../services.ts";

type Given = Pick<Services, "db" | "keyholder"> & { readonly clock: Clock; readonly logger: Logger };

/**
 * What the operations on statements, manifests and releases reach, over a database in memory. Whoever reaches for anything else (objects, keys of
 * fields, the log) is told so.
 */
export function servicesInMemory({ db, keyholder, clock, logger }: Given): Services {
  return {
    ...{ db, keyholder, logger, realClock: clock, limits: defaultLimits, mode: "production" },
    productTime: createProductTime("production", clock, keyholder),
    rateLimiter: createRateLimiter(clock),
    publicUrl: "https://vault.example.test",
    kms: outside("kms"),
    auditor: outside("auditor"),
    secrets: outside("secrets"),
    deks: outside("deks"),
    objects: outside("objects"),
    receiving: outside("receiving"),
    signIns: outside("signIns"),
    logVerifierKey: async () => outside<{ key: string }>("auditor").key,
    background: () => outside<{ background: never }>("background").background,
    settled: async () => {},
  };
}

function outside<Part extends object>(name: string): Part {
  // Why it is safe: it has nothing, and says so to whoever looks.
  return new Proxy({} as Part, {
    get: () => {
      throw new Error(`${name}: outside of what is in memory`);
    },
  });
}
