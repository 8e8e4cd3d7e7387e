import { newId } from "@afterkeep/bytes";
import { appendAudit, inTenant, type Logger } from "@afterkeep/platform";
import { aManualClock, type TestDatabase, withDatabase, withMachine } from "@afterkeep/platform/testing";
import { type AuditLog, openAuditLog } from "../audit-log.ts";
import type { AuditSchema } from "../leaf-database.ts";

export type AuditedDatabase = {
  database: TestDatabase;
  folder: string;
  log: AuditLog;
  /** Codes of the alarms written to the zone's log so far. */
  alarms: string[];
  /** Adds `count` leaves as the api does, one transaction each. */
  addLeaves: (count: number) => Promise<void>;
  /** Runs SQL as superuser with triggers off: what somebody who owns the machine can do. */
  tamper: (sql: string) => Promise<void>;
  /** Closes the log and opens it again from its folder. */
  reopen: () => Promise<AuditLog>;
};

const tenant = newId(1);

/** A database and an auditor's log over it, both gone at the end. */
export async function withAuditedDatabase(work: (audited: AuditedDatabase) => Promise<void>): Promise<void> {
  await withMachine((machine) => withDatabase((database) => run(database, machine.folder, work)));
}

async function run(database: TestDatabase, folder: string, work: (audited: AuditedDatabase) => Promise<void>) {
  const alarms: string[] = [];
  const db = database.kysely<AuditSchema>("ak_auditor");
  const options = { folder, origin: "localhost/log", db, clock: aManualClock(), logger: loggerInto(alarms) };
  const opened: AuditLog[] = [];
  const open = async () => {
    opened.at(-1)?.close();
    opened.push(await openAuditLog(options));
    return opened.at(-1) as AuditLog;
  };
  const api = database.kysely<AuditSchema>("ak_api");
  const superuser = database.pool("superuser");
  try {
    await work({
      database,
      folder,
      log: await open(),
      alarms,
      addLeaves: async (count) => {
        for (let i = 0; i < count; i++)
          await inTenant(api, { tenant, actor: null }, (trx) => appendAudit(trx, anEntry));
      },
      tamper: async (sql) => {
        await superuser.query(`begin; set local session_replication_role = replica; ${sql}; commit`);
      },
      reopen: open,
    });
  } finally {
    opened.at(-1)?.close();
  }
}

const anEntry = { at: 5, account: tenant, actor: "owner", actorId: tenant, action: "test.done", resource: "", requestId: "r" } as const; // prettier-ignore

function loggerInto(alarms: string[]): Logger {
  const ignore = () => {};
  return {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (fields) => {
      if (fields["event"] === "audit-log-alarm") alarms.push(String(fields["code"]));
    },
  };
}
