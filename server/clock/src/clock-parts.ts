import type { Clock, Logger } from "@afterkeep/platform";
import type { Kysely, Transaction } from "kysely";
import type { ClockTables } from "./clock-tables.ts";
import type { TenantKeys } from "./tenant-keys.ts";
import type { KeyholderClient } from "./zone-clients.ts";

export type ClockDatabase = Kysely<ClockTables>;
export type ClockTransaction = Transaction<ClockTables>;
/** What every reconciler of this zone works with. */
export type ClockParts = {
  db: ClockDatabase;
  keyholder: KeyholderClient;
  keys: TenantKeys;
  /** Product time, for what people are told and what the log says. */
  clock: Clock;
  /** Real time, for delivery. */
  realClock: Clock;
  logger: Logger;
  publicUrl: string;
};
