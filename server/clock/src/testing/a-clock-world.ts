import { randomBytes } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import { keyholderContract, kmsContract } from "@afterkeep/contracts";
import {
  type Clock,
  connectZone,
  createMailer,
  type LogFields,
  type Mailer,
  pgId,
  sealField,
  serveZone,
  type ZoneRuntime,
} from "@afterkeep/platform";
import {
  type ManualClock,
  type TestDatabase,
  type TestMachine,
  withDatabase,
  withMachine,
} from "@afterkeep/platform/testing";
import { aManualClock } from "@afterkeep/platform/testing";
import type { ClockParts } from "../clock-parts.ts";
import type { ClockTables } from "../clock-tables.ts";
import { deliverMail } from "../delivery/deliver-mail.ts";
import { noteReminders } from "../delivery/note-reminders.ts";
import { readFeed } from "../mirror/read-feed.ts";
import { tellOrders } from "../mirror/tell-orders.ts";
import { createTenantKeys } from "../tenant-keys.ts";
import { aMailServer, type TestMailServer } from "./a-mail-server.ts";
import { aScriptedKeyholder, type ScriptedKeyholder } from "./a-scripted-keyholder.ts";

type ClockChange = {
  mailer?: Mailer;
  clock?: Clock;
  realClock?: Clock;
  /** Real ms after which it gives a mail server up. */
  patienceMs?: number;
  turnMs?: number;
};

export type ClockWorld = {
  database: TestDatabase;
  zone: ZoneRuntime;
  folder: string;
  keyholder: ScriptedKeyholder;
  smtp: TestMailServer;
  time: ManualClock;
  /** One clock zone; call again for a second one on the same database, on a machine of its own if it has wall clocks of its own. */
  aClock(change?: ClockChange): TestClock;
  /** As if the time of every claim had passed at the database. */
  lapseClaims(): Promise<void>;
  account: string;
  recipient: string;
  /** Warnings and errors that clocks logged. */
  log: LogFields[];
  outbox(): Promise<{ kind: string; key: string; state: string; sealed: Buffer | null; attempts: number }[]>;
};
/** The zone's reconcilers, called by hand. */
export type TestClock = {
  parts: ClockParts;
  readFeed(): Promise<unknown>;
  tellOrders(): Promise<void>;
  deliver(): Promise<number>;
  /** Once every mail that is on its way has come to an end. */
  sent(): Promise<void>;
  note(): Promise<number>;
};

export const owner = { name: "Ada Lovelace", email: "ada@example.org" };
export const recipientEmail = "grace@example.org";

/** So many days pass on the machine and at the database, where letters that wait have then waited for so long. */
export async function passDays(world: ClockWorld, days: number): Promise<void> {
  world.time.advance(days * 86_400_000);
  await world.database
    .pool("superuser")
    .query("update outbox set written_at = written_at - $1 * interval '1 day'", [days]);
}

export async function withClockWorld(work: (world: ClockWorld) => Promise<void>): Promise<void> {
  await withMachine((machine) => withDatabase((database) => build(machine, database, work)));
}

async function build(machine: TestMachine, database: TestDatabase, work: (world: ClockWorld) => Promise<void>) {
  const closing: (() => Promise<void> | void)[] = [];
  const dek = randomBytes(32);
  const kms = await serveZone(kmsContract, { zone: await machine.zone("kms"), handlers: kmsHandlers(dek) });
  const time = aManualClock();
  const keyholder = await aScriptedKeyholder(machine, () => time.nowMs());
  const smtp = await aMailServer();
  const log: LogFields[] = [];
  const zone = await machine.zone("clock", { database: database.config("ak_clock"), clock: time, realClock: time });
  const write = (fields: LogFields) => void log.push(fields);
  const logger = { ...zone.logger, warn: write, error: write };
  let passedMs = time.monotonicMs();
  /** What has passed on the machine passes for whatever was put off by the database's clock, too; not for claims. */
  const passAtDatabase = async () => {
    const ms = time.monotonicMs() - passedMs;
    if (ms === 0) return;
    passedMs += ms;
    const pool = database.pool("superuser");
    await pool.query("update outbox set next_attempt_at = next_attempt_at - $1 * interval '1 millisecond'", [ms]);
    await pool.query("update reminder set note_at = note_at - $1 * interval '1 millisecond'", [ms]);
  };
  const aClock = (change: ClockChange = {}): TestClock => {
    const toKeyholder = connectZone(keyholderContract, { zone, to: "keyholder" });
    const toKms = connectZone(kmsContract, { zone, to: "kms" });
    const { patienceMs = 60_000, turnMs = 60_000 } = change;
    const times = { greetingMs: patienceMs, silenceMs: patienceMs, wholeMs: patienceMs };
    const mailer = change.mailer ?? createMailer({ smtpUrl: smtp.smtpUrl, from: zone.mailFrom, times });
    const underWay = new Set<Promise<void>>();
    closing.push(
      () => toKeyholder.close(),
      () => toKms.close(),
      () => mailer.close(),
    );
    const parts: ClockParts = {
      db: database.kysely<ClockTables>("ak_clock"),
      keyholder: toKeyholder,
      keys: createTenantKeys(toKms, time),
      clock: change.clock ?? time,
      realClock: change.realClock ?? time,
      logger,
      publicUrl: zone.publicUrl,
    };
    return {
      parts,
      readFeed: () => readFeed(parts, zone.dataDir),
      tellOrders: () => tellOrders({ ...parts, keyholder: toKeyholder }),
      deliver: async () => {
        await passAtDatabase();
        return deliverMail({ ...parts, mailer, underWay, turnMs });
      },
      sent: async () => void (await Promise.all(underWay)),
      note: async () => {
        await passAtDatabase();
        return noteReminders(parts);
      },
    };
  };
  const lapseClaims = async () =>
    void (await database
      .pool("superuser")
      .query("update outbox set claimed_until = clock_timestamp() where claimed_until is not null"));
  const outbox = async () => (await database.pool("superuser").query("select * from outbox order by key")).rows;
  try {
    const { account, recipient } = await anAccount(database, dek);
    await work({
      database,
      zone: { ...zone, logger },
      folder: zone.dataDir,
      keyholder,
      smtp,
      time,
      aClock,
      lapseClaims,
      account,
      recipient,
      log,
      outbox,
    });
  } finally {
    for (const close of closing) await close();
    await Promise.all([keyholder.close(), kms.close(), smtp.close()]);
  }
}

function kmsHandlers(dek: Buffer) {
  const unasked = () => {
    throw new Error("the clock never asks for this");
  };
  return { unwrapDek: () => ({ dek: dek.toString("base64url") }), createDek: unasked, apiSecrets: unasked };
}

/** An account with one recipient, as the api writes them. */
async function anAccount(database: TestDatabase, dek: Buffer): Promise<{ account: string; recipient: string }> {
  const [account, recipient] = [newId(1), newId(2)];
  const place = { tenant: account, row: account, table: "account" };
  const sealed = {
    email: sealField(dek, { ...place, column: "email" }, owner.email),
    name: sealField(dek, { ...place, column: "name" }, owner.name),
    recipient: sealField(dek, { tenant: account, table: "recipient", column: "email", row: recipient }, recipientEmail),
  };
  const pool = database.pool("superuser");
  await pool.query(
    `insert into account (id, dek, email, email_index, name, opaque_record, totp_secret, totp_last_step, keyring_version, keyring, created_at)
     values ($1, 'wrapped', $2, 'i', $3, '', '', 0, 0, '', 0)`,
    [pgId(account), sealed.email, sealed.name],
  );
  await pool.query(
    "insert into recipient (tenant, r, email, email_index, label, created_at) values ($1, $2, $3, 'i', '', 0)",
    [pgId(account), pgId(recipient), sealed.recipient],
  );
  return { account, recipient };
}
