import { appendAudit, type AuditEntry, inTenant, type IpClass, type TenantContext } from "@afterkeep/platform";
import type { Transaction } from "kysely";
import type { ApiTables, Services } from "../services.ts";
import { type Actor, actorId } from "./actor.ts";

export type Tx = Transaction<ApiTables>;

/** A session made during a call, for http to deliver as a cookie. */
export type NewCookie = { kind: "owner" | "recipient"; token: string };

/** One request on its way: who asks, with what, and what is noted about it. */
export type Call<Who extends Actor = Actor> = {
  services: Services;
  actor: Who;
  requestId: string;
  /** The network address, for counting attempts in memory; it is never stored. */
  address: string;
  ipClass: IpClass;
  /** Cookies to set or to clear with the answer. */
  cookies: { set: NewCookie[]; clear: ("owner" | "recipient")[] };
};

export type AuditNote = {
  tenant: string;
  action: string;
  /** `kind:id`, or empty. */
  resource: string;
  fields?: Record<string, string | number | boolean>;
  /** Who acted, where the session does not say it yet. */
  as?: { actor: "owner" | "recipient" | "system"; id: string };
};

/** What the actor may see of `tenant`. */
export function tenantContext(call: Call, tenant: string): TenantContext {
  const id = actorId(call.actor);
  return { tenant, actor: id === "" ? null : id };
}

/** One transaction that sees the rows of `tenant` alone. */
export function inTenantOf<Result>(call: Call, tenant: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return inTenant(call.services.db, tenantContext(call, tenant), work);
}

/** One transaction in the actor's own tenant. */
export function inOwnTenant<Result>(
  call: Call<Exclude<Actor, { kind: "nobody" }>>,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return inTenantOf(call, call.actor.tenant, work);
}

/** What the log says of a change. `at` is product time. */
export function auditEntryOf(call: Call, at: number, note: AuditNote): AuditEntry {
  const kind = call.actor.kind === "nobody" ? "system" : call.actor.kind;
  return {
    at,
    account: note.tenant,
    actor: note.as?.actor ?? kind,
    actorId: note.as?.id ?? actorId(call.actor),
    action: note.action,
    resource: note.resource,
    ...(note.fields === undefined ? {} : { fields: note.fields }),
    requestId: call.requestId,
    ipClass: call.ipClass,
  };
}

/** Writes the audit leaf of a change into the change's own transaction. `at` is product time. */
export async function noteAudit(call: Call, tx: Tx, at: number, note: AuditNote): Promise<void> {
  await appendAudit(tx, auditEntryOf(call, at, note));
}
