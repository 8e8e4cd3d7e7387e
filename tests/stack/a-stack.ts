import { join } from "node:path";
import { type ApiLimits, type RunningApi, startApi } from "@afterkeep/api";
import { startAuditor } from "@afterkeep/auditor";
import type { RouteSpec } from "@afterkeep/contracts";
import type { Keyholder } from "@afterkeep/keyholder";
import { startKms } from "@afterkeep/kms";
import { type Mailer, openMail, type ZoneRuntime } from "@afterkeep/platform";
import {
  aManualClock,
  type ManualClock,
  type TestDatabase,
  withDatabase,
  withMachine,
} from "@afterkeep/platform/testing";
import { operatorKeys } from "./a-freeze.ts";
import { aStandingKeyholder } from "./a-standing-keyholder.ts";

/** Six hours of product time per 100 ms of real time. */
const factor = 216_000;
export const dayMs = 86_400_000;

export type Answer = { status: number; headers: Record<string, unknown>; text: string; body: unknown };
export type Asked = {
  method: RouteSpec["method"] | "PATCH" | "HEAD" | "OPTIONS";
  url: string;
  /** Sent as JSON unless it is bytes or text, which go as they are. */
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
  /** Where it comes from; loopback otherwise. */
  from?: string;
};
export type OutgoingMail = { tenant: string; to: string; kind: string; token: string };

/** The real zones in one process, over their real contracts and a real PostgreSQL, with time that moves on command. */
export type Stack = {
  api: RunningApi;
  database: TestDatabase;
  keyholder: Keyholder;
  /** Real time, for codes and sessions. */
  clock: ManualClock;
  zone: ZoneRuntime;
  ask(asked: Asked): Promise<Answer>;
  /** What waits to be mailed, opened with the tenants' keys; newest last. */
  mails(): Promise<OutgoingMail[]>;
  /** Rows in every table, for "nothing changed". */
  rowCounts(): Promise<Record<string, number>>;
  /** Waits for the work that goes on after its answer. */
  settle(): Promise<void>;
  /** The auditor's turn: waiting leaves get their place and the tree is signed. */
  sequence(): Promise<void>;
  /** Lets product time pass in which nobody answers and every reminder is taken by a mail server. */
  silence(ms: number): Promise<void>;
  /** Product time goes on, uncredited: nothing becomes due. */
  passProduct(ms: number): void;
  /** A copy of the keyholder's folder, which is stopped while it is taken. */
  backUpKeyholder(): Promise<string>;
  /** Puts the store of a copy in place of the present one, and starts the keyholder on it. */
  restoreKeyholder(copy: string): Promise<void>;
  /** Puts its whole folder back, so that nothing beside the store tells of it. */
  restoreKeyholderFolder(copy: string): Promise<void>;
};
export type StackOptions = {
  limits?: Partial<ApiLimits>;
  publicUrl?: string;
  webDist?: string;
  trustedProxies?: string[];
};

export function withStack(work: (stack: Stack) => Promise<void>, options: StackOptions = {}): Promise<void> {
  return withDatabase((database) =>
    withMachine(async ({ zone }) => {
      const clock = aManualClock();
      const shared = {
        realClock: clock,
        mode: "demo" as const,
        publicUrl: options.publicUrl ?? "http://localhost:8420",
      };
      const kms = await startKms(await zone("kms", shared));
      const auditor = await startAuditor(await zone("auditor", { ...shared, database: database.config("ak_auditor") }));
      const web = {
        ...(options.webDist === undefined ? {} : { webDist: options.webDist }),
        ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
      };
      const apiZone = await zone("api", { ...shared, ...web, clock, database: database.config("ak_api") });
      const api = await startApi(apiZone, {
        filter: "strict",
        limits: { perAddress: 1e9, signIn: { perAddressAndAccount: 1e9, perAccount: 1e9 }, ...options.limits },
      });
      const productClock = aManualClock();
      const ask = asker(api);
      const keyholderZone = await zone("keyholder", shared);
      const keyholder = await aStandingKeyholder(keyholderZone, {
        folder: keyholderZone.dataDir,
        settings: { mode: "demo", factor },
        clock: productClock,
        mailer: takesAll,
        publicUrl: shared.publicUrl,
        operators: operatorKeys,
        postProbe: async (nonce) => echoOf(await ask({ method: "POST", url: "/v1/probe", body: { nonce } })),
      });
      const parts = { api, database, clock, zone: apiZone, ask };
      try {
        await keyholder.now.tick();
        await work({
          ...parts,
          get keyholder() {
            return keyholder.now;
          },
          mails: () => mailsOf(database, api),
          rowCounts: () => rowCounts(database),
          settle: () => api.services.settled(),
          sequence: async () => void (await auditor.log.turn()),
          silence: (ms) => silence(keyholder.now, productClock, ms),
          passProduct: (ms) => productClock.advance(ms),
          backUpKeyholder: () => keyholder.backUp(),
          restoreKeyholder: (copy) => keyholder.restore(copy),
          restoreKeyholderFolder: (copy) => keyholder.restoreFolder(copy),
        });
      } finally {
        await api.stop();
        await keyholder.stop();
        await auditor.stop();
        await kms.stop();
      }
    }),
  );
}

// The last calls' mail server; reminders and everything else of the clock zone are not this stack's subject.
const takesAll: Mailer = { sendMail: async () => ({ messageId: "", accepted: true }), close: () => {} };

function asker(api: RunningApi): Stack["ask"] {
  return async ({ method, url, body, token, headers = {}, from = "127.0.0.1" }) => {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const response = await api.app.inject({
      method,
      url,
      remoteAddress: from,
      headers: {
        ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : {
            payload:
              typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
          }),
    });
    const isJson = String(response.headers["content-type"]).includes("json");
    const parsed: unknown = isJson && response.payload !== "" ? JSON.parse(response.payload) : null;
    return { status: response.statusCode, headers: response.headers, text: response.payload, body: parsed };
  };
}

function echoOf({ body }: Answer): string {
  return typeof body === "object" && body !== null && "echo" in body ? String(body.echo) : "";
}

async function mailsOf(database: TestDatabase, api: RunningApi): Promise<OutgoingMail[]> {
  const pool = database.pool("superuser");
  const { rows } = await pool.query<{ id: string; tenant: string; sealed: Buffer; dek: string }>(
    "select o.id, o.tenant, o.sealed, a.dek from outbox o join account a on a.id = o.tenant where o.sealed is not null order by o.ctid",
  );
  await pool.end();
  const opened: OutgoingMail[] = [];
  for (const row of rows) {
    const { to, content } = openMail(await api.services.deks.dekOf(row.tenant, row.dek), row);
    opened.push({ tenant: row.tenant, to, kind: content.kind, token: "token" in content ? content.token : "" });
  }
  return opened;
}

async function rowCounts(database: TestDatabase): Promise<Record<string, number>> {
  const pool = database.pool("superuser");
  const tables = await pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ n: number }>(`select count(*) as n from "${name}"`);
    counts[name] = rows[0]?.n ?? 0;
  }
  await pool.end();
  return counts;
}

async function silence(keyholder: Keyholder, clock: ManualClock, ms: number): Promise<void> {
  const asClock = { caller: "clock", requestId: "test" } as const;
  for (let left = ms; left > 0; left -= dayMs / 4) {
    clock.advance(Math.min(left, dayMs / 4));
    await keyholder.tick();
    await keyholder.callOwners();
    const { items } = await keyholder.handlers.switches({ after: 0, limit: 1000 }, asClock);
    for (const { account, b, lastSign, remindersDue } of items)
      for (const due of remindersDue)
        await keyholder.handlers.reminderAccepted({ account, b, lastSign, ...due }, asClock);
  }
}

export function objectPath(stack: Stack, tenant: string, doc: string, ver: string): string {
  return join(stack.zone.objectsDir ?? "", tenant, doc, ver);
}
