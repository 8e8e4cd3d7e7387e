import { inTenant, pgId } from "@afterkeep/platform";
import { type TestDatabase, withDatabase } from "@afterkeep/platform/testing";
import {
  Draw,
  inTenant as memoryInTenant,
  isWaitingInMemory,
  isWaitingInPostgres,
} from "@afterkeep/platform/testing/memory";
import { describe, expect, it } from "vitest";
import type { Tx } from "../../context/call.ts";
import type { ApiTables } from "../../services.ts";
import * as accounts from "../../storage/accounts.ts";
import * as bequests from "../../storage/bequests.ts";
import * as metadata from "../../storage/document-metadata.ts";
import * as documents from "../../storage/documents.ts";
import * as lookups from "../../storage/lookups.ts";
import * as offers from "../../storage/manifest-offers.ts";
import * as manifests from "../../storage/manifests.ts";
import * as statements from "../../storage/statements.ts";
import * as memoryAccounts from "./accounts.ts";
import * as memoryBequests from "./bequests.ts";
import * as memoryMetadata from "./document-metadata.ts";
import * as memoryDocuments from "./documents.ts";
import * as memoryLookups from "./lookups.ts";
import * as memoryOffers from "./manifest-offers.ts";
import * as memoryManifests from "./manifests.ts";
import { MemoryDatabase } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";
import * as memoryStatements from "./statements.ts";
import { drawMeetingStep, drawStep, drawStepAlone, places, type Side, type Step, tenants } from "./storage-steps.ts";

/** One of the two databases. */
type Twin = Side & {
  readonly inTenant: typeof inTenant;
  dump(): Promise<unknown>;
  /** Whether a call can go on only when somebody else's transaction ends. */
  isWaiting(call: Promise<unknown>): Promise<boolean>;
};

const [ada, bob] = tenants;
const [house] = places;
const nothing = Buffer.alloc(0);

async function withTwins(work: (real: Twin, memory: Twin) => Promise<void>): Promise<void> {
  await withDatabase(async (database) => {
    await work(await realTwin(database), memoryTwin());
  });
}

async function realTwin(database: TestDatabase): Promise<Twin> {
  const pool = database.pool("superuser");
  for (const id of [ada, bob])
    await pool.query(
      `insert into account (id, dek, email, email_index, name, opaque_record, totp_secret, totp_last_step, keyring_version, keyring, created_at)
       values ($1, 'wrapped', '', $2, '', '', '', 0, 0, '', 0)`,
      [pgId(id), Buffer.from(id)],
    );
  await pool.query("insert into bequest (tenant, b, label, created_at) values ($1, $2, '', 0)", [
    pgId(ada),
    pgId(house),
  ]);
  const storage = {
    ...{ ...accounts, ...bequests, ...metadata, ...documents },
    ...{ ...lookups, ...offers, ...manifests, ...statements },
  };
  const dump = async () => {
    const read = async (table: string, columns = "*") =>
      (await pool.query<Record<string, unknown>>(`select ${columns} from ${table}`)).rows;
    const kept = { statement: await read("statement"), audit_leaf: await read("audit_leaf", "tenant, at, leaf") };
    const offered = { manifest: await read("manifest"), manifest_offer: await read("manifest_offer") };
    return alike({ ...kept, ...offered });
  };
  const isWaiting = async (call: Promise<unknown>) => isWaitingInPostgres(pool, call);
  return { storage, db: database.kysely<ApiTables>("ak_api"), inTenant, dump, isWaiting };
}

function memoryTwin(): Twin {
  const database = new MemoryDatabase();
  const { account, bequest, statement, audit_leaf, manifest, manifest_offer } = database.tables;
  for (const id of [ada, bob])
    account.put(id, {
      ...{ id, dek: "wrapped", email: nothing, email_index: Buffer.from(id), email_verified: false, name: nothing },
      ...{ opaque_record: "", totp_secret: nothing, totp_last_step: 0, totp_failures: 0, locked_until: 0 },
      ...{ keyring_version: 0, keyring: nothing, created_at: 0 },
    });
  bequest.put(keyOf.bequest(ada, house), { tenant: ada, b: house, label: nothing, label_rev: 0, created_at: 0 });
  const storage = {
    ...{ ...memoryAccounts, ...memoryBequests, ...memoryMetadata, ...memoryDocuments },
    ...{ ...memoryLookups, ...memoryOffers, ...memoryManifests, ...memoryStatements },
  };
  const dump = async () => {
    const tables = { statement, audit_leaf, manifest, manifest_offer };
    const rows = Object.entries(tables).map(([name, table]) => [name, [...table.copy().values()]]);
    return alike(Object.fromEntries(rows));
  };
  return {
    storage,
    db: database.client().asDatabase<ApiTables>(),
    inTenant: memoryInTenant,
    dump,
    isWaiting: isWaitingInMemory,
  };
}

/** The same text for the same content, whatever order rows and columns come in. */
function alike(value: unknown): unknown {
  if (value === undefined) return null;
  if (Buffer.isBuffer(value)) return value.toString("base64url");
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(alike(one))).sort();
  if (typeof value !== "object" || value === null) return value;
  const columns = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(columns.map(([name, each]) => [name, name === "leaf" ? saidIn(each) : alike(each)]));
}

/** What a leaf says. Its id is each side's own. */
function saidIn(leaf: unknown): unknown {
  const { id: _, ...said } = JSON.parse(String(leaf)) as Record<string, unknown>;
  return said;
}

class RolledBack extends Error {}

async function transact<T>(twin: Twin, tenant: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return twin.inTenant(twin.db, { tenant, actor: null }, work);
}

/** What the steps of one transaction answer; `throws` for one that fails, which ends it. */
async function answersOf(twin: Twin, tenant: string, steps: readonly Step[], isKept: boolean): Promise<unknown[]> {
  const answers: unknown[] = [];
  await transact(twin, tenant, async (tx) => {
    for (const { name, run } of steps) {
      const answer = await run(twin, tx).catch(() => "throws");
      answers.push([name, alike(answer)]);
      if (answer === "throws") throw new RolledBack();
    }
    if (!isKept) throw new RolledBack();
  }).catch((error: unknown) => {
    if (!(error instanceof RolledBack)) answers.push("the end throws");
  });
  return answers;
}

/** One transaction is open while a second one takes a step; then it ends. What the second answers, and whether it had to wait for that. */
async function meetingOf(twin: Twin, tenant: string, first: readonly Step[], second: Step, isKept: boolean) {
  const isDone = Promise.withResolvers<void>();
  const isOpen = Promise.withResolvers<void>();
  const holds = transact(twin, tenant, async (tx) => {
    const answers: unknown[] = [];
    for (const { run } of first) answers.push(alike(await run(twin, tx)));
    isOpen.resolve();
    await isDone.promise;
    if (!isKept) throw new RolledBack();
    return answers;
  }).catch((error: unknown) => {
    isOpen.resolve();
    return error instanceof RolledBack ? "rolled back" : "throws";
  });
  await isOpen.promise;
  const waiting = transact(twin, tenant, async (tx) => second.run(twin, tx)).catch(() => "throws");
  const isWaiting = await twin.isWaiting(waiting);
  isDone.resolve();
  return { held: await holds, isWaiting, answer: alike(await waiting) };
}

describe("the api's database in memory", () => {
  it.each(["1", "2", "3", "4"])("answers and keeps what PostgreSQL does, step by step: %s", async (seed) =>
    withTwins(async (real, memory) => {
      const draw = new Draw(seed, seed === "3" || seed === "4");
      for (let round = 0; round < 150; round++) {
        const alone = drawStepAlone(draw);
        const outside = async (twin: Twin) =>
          alike(await twin.db.transaction().execute(async (tx) => alone.run(twin, tx)));
        expect(await outside(memory), alone.name).toEqual(await outside(real));
        const tenant = draw.pick([...tenants]);
        const isKept = draw.chance(85);
        const steps = Array.from({ length: 1 + draw.below(5) }, () => drawStep(draw, tenant));
        const what = `${round}: ${steps.map(({ name }) => name).join()}`;
        const inside = async (twin: Twin) => answersOf(twin, tenant, steps, isKept);
        expect(await inside(memory), what).toEqual(await inside(real));
        expect(await memory.dump(), what).toEqual(await real.dump());
      }
    }),
  );

  it.each(["5", "6", "7"])(
    "lets two transactions see of each other, and wait for each other, what PostgreSQL does: %s",
    async (seed) =>
      withTwins(async (real, memory) => {
        const draw = new Draw(seed, true);
        let waits = 0;
        for (let round = 0; round < 240; round++) {
          const first = [drawMeetingStep(draw, ada), drawStep(draw, ada)];
          const second = drawMeetingStep(draw, ada);
          const isKept = draw.chance(70);
          const what = `${round}: ${first.map(({ name }) => name).join()} against ${second.name}`;
          const meet = async (twin: Twin) => meetingOf(twin, ada, first, second, isKept);
          const met = await meet(memory);
          expect(met, what).toEqual(await meet(real));
          if (met.isWaiting) waits++;
          expect(await memory.dump(), what).toEqual(await real.dump());
        }
        expect(waits).toBeGreaterThan(0);
      }),
  );
});
