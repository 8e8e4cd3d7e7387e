import { randomBytes } from "node:crypto";
import { encodeAuditLeaf, idFromPg } from "@afterkeep/platform";
import { dueAtMs } from "./armed-switches.ts";

/** The rows that the clock zone writes when a switch begins to remind, as one job would write them, without row-level security. */
export const advanceInOne = `
  with advanced as (
    update switch_state set state = 'reminding', revision = 2 ^ 40, last_sign = sha256(b::text::bytea), earliest_ms = 2000000000000,
      look_at = ${dueAtMs + 86_400_000}
    where tenant = $1 and b = $2
    returning tenant, b, last_sign
  ), leaf as (
    insert into audit_leaf (tenant, at, leaf) select tenant, ${dueAtMs}, $3::bytea from advanced
  ), mail as (
    insert into outbox (id, tenant, key, kind, created_at)
    select gen_random_uuid(), tenant, 'reminder:' || b || ':' || encode(last_sign, 'base64') || ':reminding:0:1', 'reminder',
      ${dueAtMs} from advanced
    on conflict (tenant, key) do nothing
    returning id
  )
  insert into reminder (tenant, b, last_sign, phase, index, mail, attempt, attempted_at)
  select tenant, b, last_sign, 'reminding', 0, mail.id, 1, ${dueAtMs} from advanced, mail`;

/** The leaf of that change. */
export function aLeaf(tenant: string, b: string): Buffer {
  return Buffer.from(
    encodeAuditLeaf({
      at: dueAtMs,
      account: idFromPg(tenant),
      actor: "clock",
      actorId: "",
      action: "switch.changed",
      resource: `bequest:${idFromPg(b)}`,
      fields: { from: "armed", to: "reminding", g: 1, policyHash: randomBytes(32).toString("base64url") },
      requestId: "",
    }),
  );
}
