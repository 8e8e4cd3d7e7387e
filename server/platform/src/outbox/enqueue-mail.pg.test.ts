import { randomBytes } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { inTenant } from "../database/in-tenant.ts";
import { type TestDatabase, withDatabase } from "../testing/index.ts";
import { cancelMail, enqueueMail, type NewMail, openMail, type OutboxTable } from "./enqueue-mail.ts";

type Schema = { outbox: OutboxTable };
const tenant = newId(1);
const dek = randomBytes(32);
const token = randomBytes(32).toString("base64url");
const mail: NewMail = {
  tenant,
  key: "verify:1",
  to: "ada@example.org",
  content: { kind: "verify-email", ownerName: "Ada", token },
  dek,
  nowMs: 1000,
};

async function enqueueAs(database: TestDatabase, role: "ak_api" | "ak_clock", change: Partial<NewMail> = {}) {
  const db = database.kysely<Schema>(role);
  return inTenant(db, { tenant, actor: null }, (trx) => enqueueMail(trx, { ...mail, ...change }));
}

describe("outbox", () => {
  it("holds address and link only sealed, and opens them with the tenant's key", () =>
    withDatabase(async (database) => {
      const id = await enqueueAs(database, "ak_api");
      const { rows } = await database.pool("superuser").query("select * from outbox");
      expect(JSON.stringify(rows)).not.toContain("ada@example.org");
      expect(rows[0].sealed.toString("latin1")).not.toContain(token);
      expect(rows[0]).toMatchObject({ id, tenant, key: "verify:1", state: "queued", attempts: 0 });
      expect(openMail(dek, rows[0])).toEqual({ to: mail.to, content: mail.content });
    }));

  it("does not open a sealed mail moved to another row", () =>
    withDatabase(async (database) => {
      await enqueueAs(database, "ak_api");
      const { rows } = await database.pool("superuser").query("select * from outbox");
      expect(() => openMail(dek, { ...rows[0], id: newId(9) })).toThrow(/field-unreadable/);
    }));

  it("takes one effect once", () =>
    withDatabase(async (database) => {
      expect(await enqueueAs(database, "ak_api")).not.toBeNull();
      expect(await enqueueAs(database, "ak_api")).toBeNull();
      expect((await database.pool("superuser").query("select id from outbox")).rowCount).toBe(1);
    }));

  it("erases a cancelled mail", () =>
    withDatabase(async (database) => {
      await enqueueAs(database, "ak_api");
      const api = database.kysely<Schema>("ak_api");
      const cancel = () =>
        inTenant(api, { tenant, actor: null }, (trx) => cancelMail(trx, { tenant, key: mail.key, nowMs: 2000 }));
      expect([await cancel(), await cancel()]).toEqual([true, false]);
      const { rows } = await database.pool("superuser").query("select state, sealed, settled_at from outbox");
      expect(rows).toEqual([{ state: "cancelled", sealed: null, settled_at: 2000 }]);
    }));

  it("lets the api write no reminder or release notice, see none, and mark nothing as accepted", () =>
    withDatabase(async (database) => {
      const reminder = { kind: "reminder", ownerName: "Ada", token, earliestMs: 5 } as const;
      await expect(enqueueAs(database, "ak_api", { content: reminder })).rejects.toThrow(/row-level security/);
      await enqueueAs(database, "ak_clock", { key: "reminder:1", content: reminder });
      await enqueueAs(database, "ak_api");
      const api = database.kysely<Schema>("ak_api");
      const asApi = <T>(work: (trx: Parameters<Parameters<typeof inTenant<Schema, T>>[2]>[0]) => Promise<T>) =>
        inTenant(api, { tenant, actor: null }, work);
      const seen = await asApi((trx) => trx.selectFrom("outbox").select("kind").execute());
      expect(seen).toEqual([{ kind: "verify-email" }]);
      expect(await asApi((trx) => cancelMail(trx, { tenant, key: "reminder:1", nowMs: 1 }))).toBe(false);
      const forged = asApi((trx) =>
        trx.updateTable("outbox").set({ state: "accepted", sealed: null, settled_at: 1 }).execute(),
      );
      await expect(forged).rejects.toThrow(/row-level security/);
    }));

  it("shows nothing of another tenant to api or clock", () =>
    withDatabase(async (database) => {
      await enqueueAs(database, "ak_api");
      for (const role of ["ak_api", "ak_clock"] as const) {
        const db = database.kysely<Schema>(role);
        expect(await db.selectFrom("outbox").select("id").execute()).toEqual([]);
        const other = await inTenant(db, { tenant: newId(2), actor: null }, (trx) =>
          trx.selectFrom("outbox").select("id").execute(),
        );
        expect(other).toEqual([]);
      }
    }));

  it("gives a mail at once, and to one claimer only until the claim lapses, whatever the writer's clock says", () =>
    withDatabase(async (database) => {
      const id = await enqueueAs(database, "ak_api", { nowMs: Date.now() + 1_800_000 });
      const clock = database.pool("ak_clock");
      const claim = async () => (await clock.query("select * from outbox_claim(60000, 10)")).rows;
      const claims = await Promise.all([claim(), claim(), claim()]);
      expect(claims.flat()).toEqual([{ id, tenant, attempt: 1, claim: 1, may_have_left: false }]);
      expect(await claim()).toEqual([]);
      await database.pool("superuser").query("update outbox set claimed_until = clock_timestamp()");
      expect(await claim()).toEqual([{ id, tenant, attempt: 2, claim: 2, may_have_left: true }]);
      await expect(database.pool("ak_api").query("select * from outbox_claim(1, 1)")).rejects.toThrow(
        /permission denied/,
      );
    }));
});
