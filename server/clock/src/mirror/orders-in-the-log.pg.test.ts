import { encodeBase64url } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { type ClockWorld, withClockWorld } from "../testing/a-clock-world.ts";
import type { FreezeOrder } from "../zone-clients.ts";

const hash = (fill: number) => encodeBase64url(new Uint8Array(32).fill(fill));
const freeze: FreezeOrder = { id: hash(1), what: "freeze", freeze: hash(1), forMs: 864_000_000 };
const thaw: FreezeOrder = { id: hash(2), what: "thaw", freeze: hash(1), forMs: 0 };

async function leaves(world: ClockWorld): Promise<{ action: string; account: string; fields: object }[]> {
  const { rows } = await world.database
    .pool("superuser")
    .query("select convert_from(leaf, 'utf8') as leaf from audit_leaf where tenant is null order by id");
  return rows.map(({ leaf }: { leaf: string }) => JSON.parse(leaf));
}

describe("what operators ordered", () => {
  it("is in the log as the keyholder has it, whatever became of who carried it", () =>
    withClockWorld(async (world) => {
      world.keyholder.orders = [freeze, thaw];
      await world.aClock().tellOrders();
      expect(await leaves(world)).toMatchObject([
        {
          action: "keyholder.frozen",
          actor: "clock",
          fields: { id: freeze.id, freeze: freeze.id, forMs: 864_000_000 },
        },
        { action: "keyholder.thawed", actor: "clock", fields: { id: thaw.id, freeze: freeze.id, forMs: 0 } },
      ]);
    }));

  it("is there once, however often and by however many clocks it is read, also after a restore that still knows it", () =>
    withClockWorld(async (world) => {
      world.keyholder.orders = [freeze];
      const clocks = [world.aClock(), world.aClock()];
      await Promise.all(clocks.map((clock) => clock.tellOrders()));
      world.keyholder.orders = [freeze, thaw];
      await Promise.all(clocks.map((clock) => clock.tellOrders()));
      world.keyholder.orders = [freeze];
      world.keyholder.info = { ...world.keyholder.info, epoch: 2 };
      await world.aClock().tellOrders();
      expect((await leaves(world)).map(({ action }) => action)).toEqual(["keyholder.frozen", "keyholder.thawed"]);
    }));

  it("is neither remembered nor told where the leaf cannot be written, and told afterwards", () =>
    withClockWorld(async (world) => {
      world.keyholder.orders = [freeze];
      const admin = world.database.pool("superuser");
      await admin.query("revoke insert on audit_leaf from ak_clock");
      await expect(world.aClock().tellOrders()).rejects.toThrow();
      await admin.query("grant insert (tenant, at, leaf) on audit_leaf to ak_clock");
      await world.aClock().tellOrders();
      expect(await leaves(world)).toHaveLength(1);
    }));
});
