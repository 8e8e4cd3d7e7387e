import type { MemoryDatabase } from "@afterkeep/api/testing";
import type { DatabaseCopy } from "@afterkeep/platform/testing/memory";
import type { Random } from "../chance/random.ts";
import type { ApiBook } from "../ledger/api-book.ts";
import type { World } from "../world/world.ts";

/** What the api's process stands in, and what is wrong with it. */
export type ApiSite = {
  readonly world: World;
  readonly random: Random;
  readonly database: MemoryDatabase;
  readonly book: ApiBook;
  readonly copies: DatabaseCopy[];
  isDatabaseUp: boolean;
  isKeyholderInReach: boolean;
  /** Chances, of one commit and of one answer, that it is lost. */
  trouble: number;
  /** At so many steps from now another database server takes over; 0 for not at all. */
  failsOverIn: number;
  /** Grows with everything that went wrong. */
  troubles: number;
};

/** A connection that broke. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

const mostLost = 12;

/** The newest commits had not come to the server that takes over. */
export function failOver(site: ApiSite): void {
  const { world, random, database, book } = site;
  // Why not then: what both of them lost, nobody has but the owners' devices, and nothing is promised of it.
  if (!book.isWhole) return;
  site.troubles++;
  world.fault("api's database fails over");
  if (database.failOver(random.between(0, mostLost)) > 0) book.databaseWentBack();
}
