import { newId } from "@afterkeep/bytes";
import { inTenants, pgId, seeTenants } from "@afterkeep/platform";
import { type TestDatabase, withDatabase } from "@afterkeep/platform/testing";
import { describe, expect, it } from "vitest";
import type { ClockTransaction } from "../../clock-parts.ts";
import type { ClockTables } from "../../clock-tables.ts";
import * as accounts from "../../storage/accounts.ts";
import * as cursors from "../../storage/clock-cursor.ts";
import * as outbox from "../../storage/outbox.ts";
import * as releases from "../../storage/releases.ts";
import * as reminders from "../../storage/reminders.ts";
import * as switches from "../../storage/switch-states.ts";
import * as memoryAccounts from "./accounts.ts";
import * as memoryCursors from "./clock-cursor.ts";
import * as memoryTenants from "@afterkeep/platform/testing/memory";
import { inTenant } from "@afterkeep/platform";
import { MemoryDatabase } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";
import * as memoryOutbox from "./outbox.ts";
import * as memoryReleases from "./releases.ts";
import * as memoryReminders from "./reminders.ts";
import { Draw, isWaitingInMemory, isWaitingInPostgres } from "@afterkeep/platform/testing/memory";
import {
  drawnNames,
  drawStep,
  drawStepAlone,
  recipients,
  type Side,
  startMs,
  type Step,
  tenants,
} from "./storage-steps.ts";
import * as memorySwitches from "./switch-states.ts";

type Scope = {
  readonly inTenant: typeof inTenant;
  readonly inTenants: typeof inTenants;
  readonly seeTenants: typeof seeTenants;
};
/** One of the two databases. */
type Twin = Side &
  Scope & {
    dump(): Promise<unknown>;
    /** Whether a call can go on only when somebody else's transaction ends. */
    isWaiting(call: Promise<unknown>): Promise<boolean>;
  };
/** What one transaction sees: one tenant, some, or first nobody and then some. */
type Sight = { readonly how: "one" | "some" | "later"; readonly tenants: readonly string[] };

const [ada, bob] = tenants;
const [grace, kay] = recipients;
/** The earlier one was made by a clock in another year. */
const first = { decisionId: newId(7), decidedAt: Date.UTC(2040, 0, 1) };
const second = { decisionId: newId(8), decidedAt: Date.UTC(2027, 0, 1) };
const columns = { dek: "wrapped", email: Buffer.from("email"), name: Buffer.from("name") };

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
       values ($1, $2, $3, $4, $5, '', '', 0, 0, '', 0)`,
      [pgId(id), columns.dek, columns.email, id, columns.name],
    );
  for (const [tenant, r] of [
    [ada, grace],
    [ada, kay],
    [bob, grace],
  ] as const)
    // prettier-ignore
    await pool.query(
      "insert into recipient (tenant, r, email, email_index, label, created_at) values ($1, $2, $3, 'i', '', 0)",
      [pgId(tenant), pgId(r), columns.email],
    );
  const storage = { ...accounts, ...cursors, ...outbox, ...releases, ...reminders, ...switches };
  const db = database.kysely<ClockTables>("ak_clock");
  const idOf = new Map<string, string>();
  const dump = async () => {
    const read = async (table: string) => (await pool.query<Record<string, unknown>>(`select * from ${table}`)).rows;
    const rows = { outbox: await read("outbox"), switch_state: await read("switch_state") };
    const rest = { release: await read("release"), release_slot: await read("release_slot") };
    const more = { reminder: await read("reminder"), clock_cursor: await read("clock_cursor") };
    const links = { link_token: await read("link_token"), recipient: await read("recipient") };
    return alike({ ...rows, ...rest, ...more, ...links }, idOf);
  };
  const isWaiting = async (call: Promise<unknown>) => isWaitingInPostgres(pool, call);
  return { storage, db, idOf, dump, isWaiting, inTenant, inTenants, seeTenants };
}

function memoryTwin(): Twin {
  const database = new MemoryDatabase(() => Date.now());
  const { account, recipient } = database.tables;
  for (const id of [ada, bob]) account.put(id, { id, ...columns });
  for (const [tenant, r] of [
    [ada, grace],
    [ada, kay],
    [bob, grace],
  ] as const)
    // prettier-ignore
    recipient.put(keyOf.recipient({ tenant, r }), { tenant, r, email: columns.email, bounced: false });
  const storage = {
    ...{ ...memoryAccounts, ...memoryCursors, ...memoryOutbox },
    ...{ ...memoryReleases, ...memoryReminders, ...memorySwitches },
  };
  const idOf = new Map<string, string>();
  const dump = async () => {
    const { account: _, ...tables } = database.tables;
    const rows = Object.entries(tables).map(([name, table]) => [name, [...table.copy().values()]]);
    return alike(Object.fromEntries(rows), idOf);
  };
  const { inTenant: memoryInTenant, inTenants: memoryInTenants, seeTenants: memorySeeTenants } = memoryTenants;
  const scope = { inTenant: memoryInTenant, inTenants: memoryInTenants, seeTenants: memorySeeTenants };
  return {
    storage,
    db: database.client().asDatabase<ClockTables>(),
    idOf,
    dump,
    isWaiting: isWaitingInMemory,
    ...scope,
  };
}

/** Only the recipient's columns that the clock zone may see. */
const hidden: ReadonlySet<string> = new Set(["email_index", "label", "label_rev", "state of recipient", "age_key", "key_open", "slot"]); // prettier-ignore
/** Sequences need not give both sides the same numbers, only the same order; what follows from it is what is asked. */
const sequences: ReadonlySet<string> = new Set(["kept"]);

/** By the database's clock. */
const aboutNow: ReadonlySet<string> = new Set(["written_at", "next_attempt_at", "note_at"]);

/** The same text for the same content, whatever order rows come in and whatever a side calls its mails. */
function alike(value: unknown, idOf: ReadonlyMap<string, string>): unknown {
  const effects = new Map([...idOf].map(([effect, id]) => [id, effect]));
  const plain = (one: unknown, key: string): unknown => {
    if (one === undefined) return null;
    if (key === "claimed_until" && one !== null)
      return (one instanceof Date ? one.getTime() : Number(one)) > Date.now() ? "holds" : "lapsed";
    // Why only about: the sides are written to one after the other.
    if (aboutNow.has(key) && one !== null && one !== undefined)
      return Math.round((Date.now() - (one instanceof Date ? one.getTime() : Number(one))) / 600_000);
    if (key === "ageMs") return Math.round(Number(one) / 600_000);
    if (Buffer.isBuffer(one)) return one.toString("base64url");
    if (one instanceof Set) return sorted([...one]);
    if (one instanceof Map) return sorted([...one].map((entry) => plain(entry, "")));
    if (Array.isArray(one)) return sorted(one.map((each) => plain(each, "")));
    if (typeof one === "string") return effects.get(one) ?? one;
    if (typeof one !== "object" || one === null) return one;
    const isRecipient = "bounced" in one;
    const kept = Object.entries(one)
      .filter(
        ([name]) =>
          !sequences.has(name) && !(isRecipient && (hidden.has(name) || name === "state" || name === "created_at")),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(kept.map(([name, each]) => [name, plain(each, name)]));
  };
  return plain(value, "");
}

function sorted(rows: unknown[]): unknown[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

class RolledBack extends Error {}

function drawSight(draw: Draw): Sight {
  const how = draw.pick(["one", "some", "later"] as const);
  return { how, tenants: how === "one" ? [draw.pick([ada, bob])] : draw.some([...tenants]) };
}

async function transact<T>(twin: Twin, sight: Sight, work: (trx: ClockTransaction) => Promise<T>): Promise<T> {
  const [tenant = ""] = sight.tenants;
  if (sight.how === "one") return twin.inTenant(twin.db, { tenant, actor: null }, work);
  if (sight.how === "some") return twin.inTenants(twin.db, sight.tenants, work);
  return twin.db.transaction().execute(async (trx) => {
    await twin.storage.claimSwitches(trx, startMs, 100);
    await twin.seeTenants(trx, sight.tenants);
    return work(trx);
  });
}

/** What the steps of one transaction answer; `throws` for one that fails, which ends it. */
async function answersOf(twin: Twin, sight: Sight, steps: readonly Step[], isRolledBack: boolean): Promise<unknown[]> {
  const answers: unknown[] = [];
  await transact(twin, sight, async (trx) => {
    for (const { name, run } of steps) {
      const answer = await run(twin, trx).catch(() => "throws");
      answers.push([name, alike(answer, twin.idOf)]);
      if (answer === "throws") throw new RolledBack();
    }
    if (isRolledBack) throw new RolledBack();
  }).catch((error: unknown) => {
    if (!(error instanceof RolledBack)) answers.push("the end throws");
  });
  return answers;
}

/** Ids that a transaction gave out and took back are no ids. */
async function withIds<T>(twin: Twin, isKept: (value: T) => boolean, work: () => Promise<T>): Promise<T> {
  const before = new Map(twin.idOf);
  const value = await work();
  if (isKept(value)) return value;
  twin.idOf.clear();
  for (const [effect, id] of before) twin.idOf.set(effect, id);
  return value;
}

const fails = (answers: readonly unknown[]) => JSON.stringify(answers).includes("throws");

describe("the clock zone's database in memory", () => {
  it("draws every function of the storage", () => {
    const functions = Object.keys({ ...accounts, ...cursors, ...outbox, ...releases, ...reminders, ...switches });
    const drawn = new Set(drawnNames);
    expect(functions.filter((name) => !drawn.has(name))).toEqual(["nameOfReminder", "isRemindedStill"]);
  });

  it.each(["1", "2", "3", "4"])("answers and keeps what PostgreSQL does, step by step: %s", async (seed) =>
    withTwins(async (real, memory) => {
      const draw = new Draw(seed, seed === "3" || seed === "4");
      for (let round = 0; round < 120; round++) {
        const nowMs = startMs + round * 600_000;
        const alone = drawStepAlone(draw, nowMs);
        const outside = async (twin: Twin) =>
          alike(await alone.run(twin, twin.db as unknown as ClockTransaction), twin.idOf);
        expect(await outside(memory), alone.name).toEqual(await outside(real));
        const sight = drawSight(draw);
        const isRolledBack = draw.chance(15);
        const steps = Array.from({ length: 1 + draw.below(5) }, (_, i) => drawStep(draw, nowMs + i));
        const isKept = (answers: unknown[]) => !isRolledBack && !fails(answers);
        const inside = async (twin: Twin) =>
          withIds(twin, isKept, async () => answersOf(twin, sight, steps, isRolledBack));
        const what = `${round}: ${sight.how} ${steps.map(({ name }) => name).join()}`;
        expect(await inside(memory), what).toEqual(await inside(real));
        expect(await memory.dump(), what).toEqual(await real.dump());
      }
    }),
  );

  it("takes for newer what came later, whatever its own time says", async () =>
    withTwins(async (real, memory) => {
      for (const twin of [real, memory]) {
        const answers = await twin.inTenants(twin.db, [ada], async (trx) => {
          for (const { decisionId, decidedAt } of [first, second]) {
            const body = { account: ada, decisionId, b: grace, g: 1, decidedAt };
            await twin.storage.keepReleases(trx, [{ body: body as never, jws: decisionId }]);
            await twin.storage.saveStages(trx, [{ tenant: ada, decisionId, r: kay, stage: "granted" }]);
          }
          const findGivenAnew = async ({ decisionId }: typeof first) =>
            twin.storage.findGivenAnew(trx, { tenant: ada, decisionId, r: kay });
          return [await findGivenAnew(first), await findGivenAnew(second)];
        });
        expect(answers).toEqual([[{ decisionId: second.decisionId, stage: "granted" }], []]);
      }
    }));

  it.each(["5", "6"])(
    "lets two transactions see of each other, and wait for each other, what PostgreSQL does: %s",
    async (seed) =>
      withTwins(async (real, memory) => {
        const draw = new Draw(seed, true);
        let waits = 0;
        for (let round = 0; round < 60; round++) {
          const nowMs = startMs + round * 600_000;
          const both: Sight = { how: "some", tenants: [...tenants] };
          const draws = {
            isKept: draw.chance(70),
            first: drawUnrelated(draw, nowMs),
            own: drawUnrelated(draw, nowMs + 1),
          };
          const second = draw.chance(25) ? drawStepAlone(draw, nowMs + 2) : drawUnrelated(draw, nowMs + 2);
          const meet = async (twin: Twin) => meetingOf(twin, both, [draws.first, draws.own], second, draws.isKept);
          const what = `${round}: ${draws.first.name},${draws.own.name} against ${second.name}`;
          const met = await meet(memory);
          expect(met, what).toEqual(await meet(real));
          if (met.isWaiting) waits++;
          expect(await memory.dump(), what).toEqual(await real.dump());
        }
      }),
  );

  it("claim what somebody waits for before words of a hold, each as they became due", () =>
    withTwins(async (real, memory) => {
      const planned = ["held:1", "held:2", "loosening:1", "reminder:1", "held:3", "reminder:2"];
      for (const twin of [real, memory]) {
        const keys = new Map<string, string>();
        for (const [place, key] of planned.entries()) {
          const kind = key.split(":")[0] as "held" | "loosening" | "reminder";
          const mails = [{ tenant: ada, key, kind, recipient: null }];
          const written = await transact(twin, { how: "one", tenants: [ada] }, async (trx) =>
            twin.storage.addMails(trx, mails, startMs + place),
          );
          for (const { id } of written) keys.set(id, key);
        }
        const claimed: string[][] = [];
        for (const batch of [1, 3, 1, 4]) {
          const claims = await twin.storage.claimMails(twin.db, { leaseMs: 90_000, batch });
          claimed.push(claims.map(({ id }) => keys.get(id) ?? "").sort());
        }
        expect(claimed).toEqual([["loosening:1"], ["held:1", "reminder:1", "reminder:2"], ["held:2"], ["held:3"]]);
      }
    }));

  it.each([
    [0, 1],
    [1_800_000, 0],
    [3 * 3_600_000, 1],
  ])("find due again what was put off by %i ms: %i", (forMs, found) =>
    withTwins(async (real, memory) => {
      const sign = Buffer.alloc(32).toString("base64url");
      const name = { tenant: ada, b: grace, lastSign: sign, phase: "reminding", index: 0 } as const;
      const accepted = { acceptedAt: startMs, attemptedAt: startMs };
      const sight: Sight = { how: "one", tenants: [ada] };
      for (const twin of [real, memory]) {
        const { storage, db } = twin;
        const claim = async () => storage.claimMails(db, { leaseMs: 90_000, batch: 9 });
        await transact(twin, sight, async (trx) => {
          const [mail] = await storage.addMails(trx, [{ tenant: ada, key: "1", kind: "reminder", recipient: null }], 0);
          await storage.saveAttempts(trx, [{ ...name, attempt: 1, mail: mail?.id ?? "" }], startMs);
          await storage.acceptReminders(trx, mail?.id ?? "", accepted);
        });
        const [claimed] = await claim();
        if (claimed === undefined) throw new Error("nothing was due");
        expect(await storage.findAccepted(db, 9)).toEqual([ada]);
        await transact(twin, sight, async (trx) => {
          await storage.postponeMail(trx, claimed, { forMs });
          await storage.noteLater(trx, name, forMs);
        });
        expect(await claim()).toHaveLength(found);
        expect(await storage.findAccepted(db, 9)).toHaveLength(found);
        expect(await transact(twin, sight, async (trx) => storage.readAccepted(trx, ada))).toHaveLength(found);
      }
    }),
  );
});

/** Why not a reminder's: its row points at a mail that the other one may hold, and only PostgreSQL waits for that. The product's point at new mails. */
function drawUnrelated(draw: Draw, nowMs: number): Step {
  const step = drawStep(draw, nowMs);
  return step.name === "saveAttempts" ? drawUnrelated(draw, nowMs) : step;
}

/** One transaction is open while a second one takes a step; then it ends. What the second answers, and whether it had to wait for that. */
async function meetingOf(twin: Twin, sight: Sight, first: readonly Step[], second: Step, isKept: boolean) {
  const isDone = Promise.withResolvers<void>();
  const isOpen = Promise.withResolvers<void>();
  const ids = new Map(twin.idOf);
  const holds = transact(twin, sight, async (trx) => {
    const answers: unknown[] = [];
    for (const { run } of first) answers.push(alike(await run(twin, trx), twin.idOf));
    isOpen.resolve();
    await isDone.promise;
    if (!isKept) throw new RolledBack();
    return answers;
  }).catch((error: unknown) => {
    isOpen.resolve();
    const isMeant = error instanceof RolledBack;
    // Why: ids that were taken back are no ids.
    for (const effect of twin.idOf.keys()) if (!ids.has(effect)) twin.idOf.delete(effect);
    return isMeant ? "rolled back" : "throws";
  });
  await isOpen.promise;
  // Why of the ids before: what is not committed yet has no name for anybody else.
  const other: Side = { ...twin, idOf: new Map(ids) };
  const waiting = answerOf(twin, other, sight, second);
  const isWaiting = await twin.isWaiting(waiting);
  isDone.resolve();
  const held = await holds;
  const answer = await waiting;
  for (const [effect, id] of other.idOf) if (!twin.idOf.has(effect)) twin.idOf.set(effect, id);
  return { held, isWaiting, answer: alike(answer, other.idOf) };
}

async function answerOf(twin: Twin, other: Side, sight: Sight, { run }: Step): Promise<unknown> {
  return transact(twin, sight, async (trx) => run(other, trx)).catch(() => "throws");
}
