import { setTimeout as delay } from "node:timers/promises";
import { keyholderContract, kmsContract } from "@afterkeep/contracts";
import {
  connectZone,
  createMailer,
  ForbiddenError,
  InvariantError,
  type Mailer,
  openDatabase,
  type ZoneRuntime,
} from "@afterkeep/platform";
import type { ClockParts } from "./clock-parts.ts";
import type { ClockTables } from "./clock-tables.ts";
import { type Delivery, deliverMail } from "./delivery/deliver-mail.ts";
import { noteReminders } from "./delivery/note-reminders.ts";
import { readFeed } from "./mirror/read-feed.ts";
import { tellOrders } from "./mirror/tell-orders.ts";
import { type Repeating, repeat } from "./repeat.ts";
import { createTenantKeys } from "./tenant-keys.ts";
import type { OrdersClient } from "./zone-clients.ts";

/** Product ms between two looks at the keyholder; in a demo shortened by its factor, never below a tenth of a real second. */
const feedEveryMs = 10_000;
const shortestMs = 100;
const deliverEveryMs = 500;
/** For how long a turn of the delivery waits for its mails, and a stop for those on their way: far below the ten seconds after which the supervisor ends a zone. */
const turnMs = 5_000;
/** Real ms for which a transaction may do nothing. Far above the minute that the keyholder can take for what is looked at together. */
const longestIdleMs = 180_000;

export type RunningClock = { stop(): Promise<void> };

/** Starts the reconcilers: the keyholder's feed, the outbox, and what the keyholder is still to be told. */
export async function startClock(zone: ZoneRuntime): Promise<RunningClock> {
  if (zone.database === undefined) throw new InvariantError("no-database", "The clock was given no database.");
  // Why: a process that stands still in a look would keep its switches from every other clock for as long.
  const startUp = `-c idle_in_transaction_session_timeout=${longestIdleMs}`;
  const db = openDatabase<ClockTables>(zone.database, { max: 8, startUp });
  const keyholder = connectZone(keyholderContract, { zone, to: "keyholder" });
  const kms = connectZone(kmsContract, { zone, to: "kms" });
  const { clock, realClock, logger, publicUrl } = zone;
  const keys = createTenantKeys(kms, realClock);
  const parts: ClockParts = { db, keyholder, keys, clock, realClock, logger, publicUrl };
  const mailer = zone.smtpUrl === undefined ? null : createMailer({ smtpUrl: zone.smtpUrl, from: zone.mailFrom });
  if (mailer === null) logger.error({ event: "no-mail-server" }, "no mail can leave: the SMTP URL is not set");
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const delivery = repeatDelivery(parts, mailer, { underWay, stopping: stopping.signal });
  const repeating = [repeatFeed({ ...parts, keyholder }, zone.dataDir), delivery, repeatNoting(parts)];
  return {
    stop: async () => {
      stopping.abort();
      const stopped = Promise.all(repeating.map((one) => one.stop()));
      const ended = stopped.then(() => Promise.all(underWay));
      // Why: of a mail that nobody waits for any more nobody knows whether it left, and it is sent again after the restart.
      await Promise.race([ended, delay(turnMs, undefined, { ref: false })]);
      mailer?.close();
      await ended;
      await Promise.all([keyholder.close(), kms.close(), db.destroy()]);
    },
  };
}

function repeatFeed(parts: ClockParts & { keyholder: OrdersClient }, folder: string): Repeating {
  let factor = 1;
  const everyMs = () => Math.max(shortestMs, feedEveryMs / factor);
  return repeat("feed-failed", everyMs, parts.logger, async () => {
    try {
      ({ factor } = await readFeed(parts, folder));
      await tellOrders(parts);
    } catch (error) {
      if (!(error instanceof ForbiddenError)) throw error;
      parts.logger.error({ event: "keyholder-changed", code: error.code }, "nothing that it says is acted on");
    }
    return false;
  });
}

function repeatDelivery(
  parts: ClockParts,
  mailer: Mailer | null,
  beside: Pick<Delivery, "underWay" | "stopping">,
): Repeating {
  const everyMs = () => deliverEveryMs;
  return repeat("delivery-turn-failed", everyMs, parts.logger, async () => {
    if (mailer === null) return false;
    return (await deliverMail({ ...parts, ...beside, mailer, turnMs })) > 0;
  });
}

function repeatNoting(parts: ClockParts): Repeating {
  const everyMs = () => deliverEveryMs;
  return repeat("noting-failed", everyMs, parts.logger, async () => (await noteReminders(parts)) > 0);
}
