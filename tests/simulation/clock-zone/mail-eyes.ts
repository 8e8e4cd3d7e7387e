import { keyOf, type MemoryDatabase, type OutboxRow } from "@afterkeep/clock/testing";
import type { MailEyes } from "../ledger/mail-book.ts";
import type { KeyholderPin } from "../people/keyholder-pin.ts";
import type { World } from "../world/world.ts";

const asClock = { caller: "clock", requestId: "simulated" } as const;

/** Looks past every transaction at what is committed. */
export function mailEyes(
  world: World,
  database: MemoryDatabase,
  pin: KeyholderPin,
  { isLate, areWallsRight }: Pick<MailEyes, "isLate" | "areWallsRight">,
): MailEyes {
  const { outbox, reminder } = database.tables;
  const sightOf = (row: OutboxRow | undefined) => row ?? null;
  return {
    isLate,
    areWallsRight,
    mail: (id) => {
      const [key] = outbox.under("id", id);
      return key === undefined ? null : sightOf(outbox.get(key));
    },
    mailOf: (tenant, key) => sightOf(outbox.get(keyOf.outbox({ tenant, key }))),
    mailOfReminder: ({ account: tenant, ...name }) => reminder.get(keyOf.reminder({ tenant, ...name }))?.mail ?? null,
    remindersOf: (mail) => [...reminder.under("mail", mail)],
    stageNow: async (account, b, decision, r) => {
      if (!world.process.isUp || world.process.hasCrashed) return undefined;
      const { items } = await world.process.running.handlers.switches({ bequests: [{ account, b }] }, asClock);
      // Why asked again: the keyholder tries whether the owner could be heard, and a crash that waits for its next commit comes then.
      if (world.process.hasCrashed) return undefined;
      const [item] = items;
      if (item === undefined || item.release === "") return null;
      if (pin.open("release", item.release).decisionId !== decision) return null;
      return item.slots.find((slot) => slot.r === r)?.stage ?? null;
    },
  };
}
