import { join } from "node:path";
import { InvariantError, type RunningZone, type ZoneRuntime } from "@afterkeep/platform";
import { serveMailbox } from "./mailbox-server.ts";
import { openMessageStore } from "./message-store.ts";
import { listenForMail } from "./smtp-listener.ts";

/** Starts the mailbox. Refuses production, where it would swallow people's mail and show it to whoever is on the machine. */
export async function startMailbox(zone: ZoneRuntime): Promise<RunningZone> {
  if (zone.mode === "production")
    throw new InvariantError("mailbox-in-production", "There is no mailbox in production.");
  const store = await openMessageStore(join(zone.dataDir, "messages"), zone.realClock);
  const smtp = await listenForMail({ port: zone.smtpPort, store, logger: zone.logger });
  const page = await serveMailbox({ port: zone.mailboxPort, store, logger: zone.logger });
  return {
    stop: async () => {
      await smtp.close();
      await page.close();
    },
  };
}
