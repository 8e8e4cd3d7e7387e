import { outage } from "@afterkeep/contracts";
import type { z } from "zod";
import type { Store } from "./store.ts";

const kept = 16;

/** Wall ms. */
export type Outage = z.infer<typeof outage>;

/** Keeps an outage for people to see; nothing is decided from it, and the oldest give way. Call inside a commit. */
export function addOutage(store: Store, { untilWallMs, lengthMs, reason }: Outage): void {
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
