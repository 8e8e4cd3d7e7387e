import { randomBytes } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import { type AuditEntry, inTenant, pgId } from "@afterkeep/platform";
import { type TestDatabase, withDatabase } from "@afterkeep/platform/testing";
import { isWaitingInPostgres } from "@afterkeep/platform/testing/memory";
import { describe, expect, it } from "vitest";
import type { ApiTables } from "../services.ts";
import { lockAccount } from "./accounts.ts";
import { insertStatement } from "./statements.ts";

const owner = newId(1);
const context = { tenant: owner, actor: owner };
const noted: AuditEntry = {
  ...{
    at: 5,
    account: owner,
    actor: "owner",
    actorId: owner,
    action: "statement.disarm",
    resource: "",
    requestId: "r",
  },
};
const disarm = {
  ...{ tenant: owner, id: randomBytes(32), kind: "disarm" as const, seq: null, jws: "a.b.c", receipt: "d.e.f" },
  ...{ receipt_epoch: 1, receipt_counter: 7, accepted_at: 5 },
};

async function withAccount(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  await withDatabase(async (database) => {
    await database.pool("superuser").query(
      `insert into account (id, dek, email, email_index, name, opaque_record, totp_secret, totp_last_step, keyring_version, keyring, created_at)
       values ($1, 'wrapped', 'e', 'e', 'n', '', '', 0, 0, '', 0)`,
      [pgId(owner)],
    );
    await work(database);
  });
}

describe("an account that is locked", () => {
  it("keeps nobody else from keeping a statement of it, which the one who holds it may be about to keep too", () =>
    withAccount(async (database) => {
      const db = database.kysely<ApiTables>("ak_api");
      await inTenant(db, context, async (tx) => {
        await lockAccount(tx);
        const other = insertStatement(db, context, disarm, noted);
        expect(await isWaitingInPostgres(database.pool("superuser"), other)).toBe(false);
        expect(await insertStatement(tx, context, disarm, noted)).toEqual({ isNew: false, clashes: false });
        expect(await other).toEqual({ isNew: true, clashes: false });
      });
    }));

  it("is locked by one at a time", () =>
    withAccount(async (database) => {
      const db = database.kysely<ApiTables>("ak_api");
      let other: Promise<unknown> = Promise.resolve();
      await inTenant(db, context, async (tx) => {
        await lockAccount(tx);
        other = inTenant(db, context, lockAccount);
        expect(await isWaitingInPostgres(database.pool("superuser"), other)).toBe(true);
      });
      expect(await other).toMatchObject({ id: owner });
    }));
});
