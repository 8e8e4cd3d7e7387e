import type { auditorContract, keyholderContract, kmsContract } from "@afterkeep/contracts";
import type { AuditLeafTable, Clock, CoreTables, Logger, Mode, OutboxTable, ZoneClient } from "@afterkeep/platform";
import type { Kysely } from "kysely";
import type { ApiSecrets } from "./access/api-secrets.ts";
import type { TenantDeks } from "./access/tenant-deks.ts";
import type { ProductTime } from "./context/product-time.ts";
import type { RateLimiter } from "./context/rate-limiter.ts";
import type { SignInLimiter, SignInLimits } from "./context/sign-in-limiter.ts";
import type { ObjectStore } from "./objects/object-store.ts";
import type { PartsInFlight } from "./objects/parts-in-flight.ts";

/** The tables that this zone reads and writes. */
export type ApiTables = CoreTables & {
  audit_leaf: AuditLeafTable;
  outbox: OutboxTable;
};

/** What an installation may change. Lengths in bytes. */
export type ApiLimits = {
  /** Largest sealed object: its payload with leaf list, thumbnail and padding. */
  maxObjectBytes: number;
  /** What one account's versions may take together, announced ones included, with what stands beside them. */
  quotaBytes: number;
  /** What uploads leave free on the disk: so many bytes, or that share of it where it is less. */
  keepFree: { bytes: number; share: number };
  /** Calls without a session that cost us or tell something, of one kind, per network address and 10 minutes. */
  perAddress: number;
  /** Failed attempts to sign in to one account, per 10 minutes. */
  signIn: SignInLimits;
};

export const defaultLimits: ApiLimits = {
  // 50 GB of plaintext and what sealing adds to it.
  maxObjectBytes: 56_000_000_000,
  quotaBytes: 200_000_000_000,
  keepFree: { bytes: 2 ** 30, share: 0.02 },
  perAddress: 600,
  signIn: { perAddressAndAccount: 30, perAccount: 600 },
};

/** Everything an operation may reach. */
export type Services = {
  db: Kysely<ApiTables>;
  keyholder: ZoneClient<typeof keyholderContract>;
  kms: ZoneClient<typeof kmsContract>;
  auditor: ZoneClient<typeof auditorContract>;
  secrets: ApiSecrets;
  deks: TenantDeks;
  objects: ObjectStore;
  receiving: PartsInFlight;
  productTime: ProductTime;
  realClock: Clock;
  rateLimiter: RateLimiter;
  signIns: SignInLimiter;
  logger: Logger;
  limits: ApiLimits;
  mode: Mode;
  publicUrl: string;
  /** The key that checks the log's checkpoints; asked for until the auditor answers once. */
  logVerifierKey(): Promise<string>;
  /** Work that goes on after its answer; a stop waits for it. */
  background(work: Promise<void>): void;
  /** Resolves when no such work is left. */
  settled(): Promise<void>;
};
