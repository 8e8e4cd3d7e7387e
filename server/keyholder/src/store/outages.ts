import { outage } from "@afterkeep/contracts";
import type { z } from "zod";
import type { Store } from "./store.ts";

const kept = 16;

/** Wall ms. */
export type Outage = z.infer<typeof outage>;

/** Keeps an outage for people to see; nothing is decided from it, and the oldest give way. Call inside a commit. */
export function addOutage(store: Store, { untilWallMs, lengthMs, reason }: Outage): void {
  // Why instead of the last one, where it began before that ended: until a leap of the clock is believed, each start of a process measures the same time away again.
  const isLast = "position = (select max(position) from outage)";
  if (reason === "away")
    store.run(`delete from outage where ${isLast} and reason = 'away' and until_wall > ?`, untilWallMs - lengthMs);
  store.run("insert into outage (until_wall, length_ms, reason) values (?, ?, ?)", untilWallMs, lengthMs, reason);
  store.run("delete from outage where position <= (select max(position) from outage) - ?", kept);
}

/** Newest first. */
export function listOutages(store: Store): Outage[] {
  return store.all(
    "select until_wall as untilWallMs, length_ms as lengthMs, reason from outage order by position desc",
    outage,
  );
}
