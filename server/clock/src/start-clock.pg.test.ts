import { newId } from "@afterkeep/bytes";
import { systemClock } from "@afterkeep/platform";
import { describe, expect, it, vi } from "vitest";
import { startClock } from "./start-clock.ts";
import { owner, withClockWorld } from "./testing/a-clock-world.ts";

const soon = { timeout: 20_000, interval: 20 };

describe("the clock zone", () => {
  it("reminds by itself, tells the keyholder, goes on after a restart, and stops cleanly", () =>
    withClockWorld(async ({ zone, keyholder, smtp, account }) => {
      const clock = systemClock();
      const own = { ...zone, clock, realClock: clock, smtpUrl: smtp.smtpUrl };
      keyholder.info = { ...keyholder.info, factor: 1000 };
      const say = (index: number) =>
        keyholder.say({ account, b: newId(9 + index), state: "grace", remindersDue: [{ phase: "grace", index }] });
      const first = await startClock(own);
      say(0);
      await vi.waitFor(() => expect(keyholder.noted.map(({ index }) => index)).toEqual([0]), soon);
      await first.stop();
      say(1);
      const second = await startClock(own);
      await vi.waitFor(() => expect(keyholder.noted.map(({ index }) => index)).toEqual([0, 1]), soon);
      await second.stop();
      expect(smtp.taken.map(({ to }) => to)).toEqual([owner.email, owner.email]);
      expect(new Set(smtp.taken.map(({ messageId }) => messageId)).size).toBe(2);
    }));

  it("stops without waiting for a mail server that hangs, and keeps the mail", () =>
    withClockWorld(async ({ zone, keyholder, smtp, account, outbox }) => {
      const clock = systemClock();
      smtp.manner = "hang";
      keyholder.say({ account, b: newId(9), state: "grace", remindersDue: [{ phase: "grace", index: 0 }] });
      const running = await startClock({ ...zone, clock, realClock: clock, smtpUrl: smtp.smtpUrl });
      await vi.waitFor(async () => expect(await outbox()).toMatchObject([{ attempts: 1 }]), soon);
      await running.stop();
      expect(await outbox()).toMatchObject([{ state: "queued" }]);
    }));

  it("has the database end a transaction of its own in which it does nothing for three minutes", () =>
    withClockWorld(async ({ zone, keyholder, account, database }) => {
      const superuser = database.pool("superuser");
      await superuser.query(`create table noted (setting text);
        create function note() returns trigger language plpgsql security definer as
          $$ begin insert into noted select current_setting('idle_in_transaction_session_timeout'); return new; end $$;
        create trigger note before insert on switch_state for each row execute function note()`);
      const clock = systemClock();
      keyholder.say({ account, b: newId(9) });
      const running = await startClock({ ...zone, clock, realClock: clock });
      const noted = async () => (await superuser.query("select setting from noted")).rows;
      await vi.waitFor(async () => expect(await noted()).toEqual([{ setting: "3min" }]), soon);
      await running.stop();
    }));

  it("keeps mail when there is no mail server, and says so", () =>
    withClockWorld(async ({ zone, keyholder, account, log, outbox }) => {
      const clock = systemClock();
      const running = await startClock({ ...zone, clock, realClock: clock });
      keyholder.say({ account, b: newId(9), state: "grace", remindersDue: [{ phase: "grace", index: 0 }] });
      keyholder.info = { ...keyholder.info, factor: 1000 };
      await vi.waitFor(async () => expect(await outbox()).toHaveLength(1), soon);
      await running.stop();
      expect((await outbox())[0]).toMatchObject({ state: "queued", attempts: 0 });
      expect(log).toContainEqual(expect.objectContaining({ event: "no-mail-server" }));
    }));
});
