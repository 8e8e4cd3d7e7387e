import type { DatabaseConfig } from "@afterkeep/platform";
import { runSql } from "./a-database.ts";

/** Product time at which the measured switches are due. */
export const dueAtMs = 1_000_000_000_000;
/** Not due: three weeks later. What is more than five away would be looked at too, as a wrong clock's. */
const farMs = dueAtMs + 21 * 86_400_000;

/** The n-th account's id, and its bequest's. */
const account = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";
const bequest = "('00000000-0000-7001-8000-' || lpad(to_hex(n), 12, '0'))::uuid";

/**
 * Accounts 1 to `count`, each with one armed switch, of which every `count / due`-th is due (none with 0): by set-based SQL, indexes as in the product.
 * Triggers are off meanwhile, because the accounts that the rows point to are written beside them.
 */
export async function armSwitches(admin: DatabaseConfig, count: number, due: number): Promise<void> {
  const every = Math.floor(count / Math.max(due, 1));
  await runSql(
    admin,
    "set session_replication_role = replica",
    "set maintenance_work_mem = '1GB'",
    "set synchronous_commit = off",
    `insert into account (id, dek, email, email_index, name, opaque_record, totp_secret, totp_last_step, keyring_version, keyring, created_at)
     select ${account}, 'wrapped', 'e', int8send(n), 'n', '', '', 0, 0, '', 0 from generate_series(1, ${count}) n`,
    `insert into switch_state (tenant, b, g, epoch, revision, state, policy_hash, last_sign, earliest_ms, look_at)
     select ${account}, ${bequest}, 1, 1, n, 'armed', sha256(int8send(n)), sha256(int8send(n)), ${farMs},
       case when n % ${every} = 0 and n <= ${every * due} then ${dueAtMs} else ${farMs} + n end
     from generate_series(1, ${count}) n`,
    "vacuum analyze account",
    "vacuum analyze switch_state",
  );
}

/** The same ids in JavaScript: kind 7000 for the account, 7001 for its bequest. */
export function idText(kind: "7000" | "7001", n: number): string {
  return `00000000-0000-${kind}-8000-${n.toString(16).padStart(12, "0")}`;
}
