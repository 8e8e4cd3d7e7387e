import { type ClockTables, type Delivery, deliverMail, type KeyholderClient, readFeed } from "@afterkeep/clock";
import type { Mail } from "@afterkeep/platform";
import type { Stack } from "./a-stack.ts";

const asClock = { caller: "clock", requestId: "test" } as const;

/** The clock zone of a stack, over its keyholder and database. */
export type StackClock = {
  /** Mails that a mail server took. */
  readonly taken: readonly Mail[];
  /** Reads the keyholder's news, then sends what is due. */
  turn(): Promise<void>;
};

export function aClockZone(stack: Stack): StackClock {
  const taken: Mail[] = [];
  const { services } = stack.api;
  const delivery: Delivery = {
    db: stack.database.kysely<ClockTables>("ak_clock"),
    keyholder: keyholderOf(stack),
    keys: services.deks,
    clock: stack.clock,
    realClock: stack.clock,
    logger: services.logger,
    publicUrl: stack.zone.publicUrl,
    mailer: { sendMail: async (mail) => ({ accepted: true, messageId: String(taken.push(mail)) }), close: () => {} },
    underWay: new Set(),
    turnMs: 60_000,
  };
  const turn = async () => {
    await readFeed(delivery, stack.zone.dataDir);
    while ((await deliverMail(delivery)) > 0);
  };
  return { taken, turn };
}

/** Why asked anew at each call: a keyholder that was put back is another one. */
function keyholderOf(stack: Stack): KeyholderClient {
  return {
    info: async (request) => stack.keyholder.handlers.info(request, asClock),
    switches: async (request) => stack.keyholder.handlers.switches(request, asClock),
    mintToken: async (request) => stack.keyholder.handlers.mintToken(request, asClock),
    reminderAccepted: async (request) => stack.keyholder.handlers.reminderAccepted(request, asClock),
    showReceipt: async (request) => stack.keyholder.handlers.showReceipt(request, asClock),
  };
}
