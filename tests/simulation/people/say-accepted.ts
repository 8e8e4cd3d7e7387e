import { AfterkeepError } from "@afterkeep/platform";
import type { Handlers } from "../world/ask.ts";
import type { World } from "../world/world.ts";

/** A clock zone's word that a reminder was taken. A record that cannot be read hears nothing: it is said again when somebody has mended it. */
export async function sayAccepted(world: World, reminder: Parameters<Handlers["reminderAccepted"]>[0]): Promise<void> {
  await world.ask("clock", "reminderAccepted", reminder).catch((error: unknown) => {
    if (!(error instanceof AfterkeepError && error.code === "record-unreadable")) throw error;
  });
}
