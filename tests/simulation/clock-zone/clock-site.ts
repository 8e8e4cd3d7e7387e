import type { MemoryDatabase } from "@afterkeep/clock/testing";
import type { DatabaseCopy } from "@afterkeep/platform/testing/memory";
import type { MailBook } from "../ledger/mail-book.ts";
import type { Watcher } from "../people/watcher.ts";
import type { World } from "../world/world.ts";

/** What the processes of a clock zone stand in, and what is wrong with it. */
export type ClockSite = {
  readonly world: World;
  readonly database: MemoryDatabase;
  readonly book: MailBook;
  readonly watcher: Watcher;
  /** By tenant. */
  readonly deks: ReadonlyMap<string, Uint8Array>;
  /** By account and bequest: who made it. */
  readonly copies: DatabaseCopy[];
  isDatabaseUp: boolean;
  isKmsUp: boolean;
  isKeyholderInReach: boolean;
  /** Wall minus true time of the database server. */
  databaseSlip: number;
  /** Chances, of one commit and of one mail, that its answer is lost, or it. */
  trouble: number;
  /** The next answer about switches claims a decision that the keyholder did not make. */
  isForging: boolean;
  /** At so many steps from now another database server takes over; 0 for not at all. */
  failsOverIn: number;
  onFailOver: () => void;
  /** A letter that somebody will read. */
  onArrived: (to: string) => void;
};

/** A connection that broke. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}
