import { type Bytes, isId, newId } from "@afterkeep/bytes";
import { encodeJcs } from "@afterkeep/formats";
import { InvariantError } from "../errors/errors.ts";

export type AuditActor = "owner" | "recipient" | "clock" | "system";
/** From what kind of network; the address itself is personal data and never enters the log. */
export type IpClass = "loopback" | "private" | "public";

/** What happened: who did what to what, when, from where. Ids, hashes, counts and words of ours only. */
export type AuditEntry = {
  /** Product time, ms. */
  at: number;
  /** The account (tenant) that it belongs to; empty where there is none. */
  account: string;
  actor: AuditActor;
  /** The actor's id; empty for the clock and the system. */
  actorId: string;
  /** Lower-case words with dots and hyphens, `document.committed`. */
  action: string;
  /** `kind:id`, or empty. */
  resource: string;
  fields?: Readonly<Record<string, string | number | boolean>>;
  requestId: string;
  ipClass?: IpClass;
};

const largestLeaf = 8192;

/**
 * The fixed bytes of a leaf (specs/audit-log.md): canonical JSON with a fresh id, so that no two leaves are equal. Throws
 * InvariantError `audit-not-plain` on a value that could carry an address, a name or other free text.
 */
export function encodeAuditLeaf(entry: AuditEntry, id: string = newId(entry.at)): Bytes {
  requirePlain(entry);
  const bytes = encodeJcs({
    v: 1,
    id,
    at: entry.at,
    account: entry.account,
    actor: entry.actor,
    actorId: entry.actorId,
    action: entry.action,
    resource: entry.resource,
    fields: entry.fields ?? {},
    requestId: entry.requestId,
    ipClass: entry.ipClass ?? "",
  });
  if (bytes.length > largestLeaf) throw notPlain("size");
  return bytes;
}

// Why a grammar instead of care: the log is public and for ever, and an e-mail address or a name does not fit through here.
function requirePlain(entry: AuditEntry): void {
  const { account, actorId, action, resource, requestId, fields = {} } = entry;
  if (account !== "" && !isId(account)) throw notPlain("account");
  if (actorId !== "" && !isId(actorId)) throw notPlain("actorId");
  if (!/^[a-z]+(?:[.-][a-z]+)*$/.test(action) || action.length > 64) throw notPlain("action");
  if (resource !== "" && !isResource(resource)) throw notPlain("resource");
  if (!/^[A-Za-z0-9_-]{0,64}$/.test(requestId)) throw notPlain("requestId");
  for (const [name, value] of Object.entries(fields)) if (!isPlainField(name, value)) throw notPlain("fields");
}

function isResource(resource: string): boolean {
  const [kind = "", id = ""] = resource.split(":");
  return /^[a-z-]{1,32}$/.test(kind) && isId(id) && resource === `${kind}:${id}`;
}

function isPlainField(name: string, value: string | number | boolean): boolean {
  if (!/^[a-zA-Z]{1,32}$/.test(name)) return false;
  return typeof value !== "string" || isId(value) || isHash(value) || /^[a-zA-Z-]{0,32}$/.test(value);
}

function isHash(text: string): boolean {
  return /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text);
}

function notPlain(part: string): InvariantError {
  return new InvariantError("audit-not-plain", `An audit entry's ${part} is not of the allowed form.`);
}
