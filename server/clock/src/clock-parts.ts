import type { keyholderContract, kmsContract } from "@afterkeep/contracts";
import type { Clock, Logger, ZoneClient } from "@afterkeep/platform";
import type { Kysely, Transaction } from "kysely";
import type { ClockTables } from "./clock-tables.ts";
import type { TenantKeys } from "./tenant-keys.ts";

export type ClockDatabase = Kysely<ClockTables>;
export type ClockTransaction = Transaction<ClockTables>;
export type KeyholderClient = Pick<
  ZoneClient<typeof keyholderContract>,
  "info" | "switches" | "mintToken" | "reminderAccepted"
>;
export type KeyholderInfo = Awaited<ReturnType<KeyholderClient["info"]>>;
/** One switch as the keyholder describes it. Untrusted until its statements are verified. */
export type KeyholderSwitch = Awaited<ReturnType<KeyholderClient["switches"]>>["items"][number];
export type KmsClient = Pick<ZoneClient<typeof kmsContract>, "unwrapDek">;

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
