import { pgId } from "@afterkeep/platform";
import type { SwitchState } from "@afterkeep/switch";
import { sql } from "kysely";
import type { ClockTransaction } from "../clock-parts.ts";

export type SwitchPlace = { tenant: string; b: string };
/** How far the mirror is: a lower pair of epoch and revision is older news, unless it is the answer to a question under the row's lock. Epoch 0 for a row that was never written. */
export type KnownSwitch = SwitchPlace & {
  epoch: number;
  revision: number;
  state: SwitchState;
  /** Ids of the requests that the log tells of. */
  requests: string[];
};
export type MirroredSwitch = KnownSwitch & {
  g: number;
  policyHash: Buffer;
  lastSign: Buffer;
  earliestMs: number;
  /** Product time of the next look; null for never. */
  lookAt: number | null;
};

/** What is due, locked until the transaction ends; what another clock holds is passed over. Before the tenants are known. */
export async function claimSwitches(trx: ClockTransaction, nowMs: number, batch: number): Promise<SwitchPlace[]> {
  const { rows } = await sql<SwitchPlace>`select tenant, b from claim_switches(${nowMs}, ${batch})`.execute(trx);
  return rows;
}

const tenantsOf = (places: readonly SwitchPlace[]) => places.map(({ tenant }) => pgId(tenant));
const bequestsOf = (places: readonly SwitchPlace[]) => places.map(({ b }) => pgId(b));

/** Locks these switches and reads how far the mirror is. Why in order: two clocks at the same switches then wait, and never for each other. */
export async function lockSwitches(trx: ClockTransaction, places: readonly SwitchPlace[]): Promise<KnownSwitch[]> {
  const { rows } = await sql<KnownSwitch>`
    select tenant, b, epoch, revision, state, requests from switch_state
    where (tenant, b) in (select * from unnest(${tenantsOf(places)}::uuid[], ${bequestsOf(places)}::uuid[]))
    order by tenant, b for update`.execute(trx);
  return rows;
}

/** Makes room for switches of accounts that the database has, for two clocks to meet at. Answers nothing about the others. */
export async function addSwitches(trx: ClockTransaction, places: readonly SwitchPlace[]): Promise<void> {
  const none = Buffer.alloc(32);
  await sql`
    insert into switch_state (tenant, b, g, epoch, revision, state, policy_hash, last_sign, earliest_ms, look_at)
    select tenant, b, 0, 0, 0, 'draft', ${none}, ${none}, 0, 0
    from unnest(${tenantsOf(places)}::uuid[], ${bequestsOf(places)}::uuid[]) as given (tenant, b)
    join account on account.id = tenant
    order by tenant, b
    on conflict do nothing`.execute(trx);
}

/** Call with the switches locked. */
export async function saveSwitches(trx: ClockTransaction, switches: readonly MirroredSwitch[]): Promise<void> {
  if (switches.length === 0) return;
  const column = <Name extends keyof MirroredSwitch>(name: Name) => switches.map((one) => one[name]);
  await sql`
    update switch_state set g = said.g, epoch = said.epoch, revision = said.revision, state = said.state,
      policy_hash = said.policy_hash, last_sign = said.last_sign, earliest_ms = said.earliest_ms, look_at = said.look_at,
      requests = string_to_array(said.requests, ' ')
    from unnest(
      ${tenantsOf(switches)}::uuid[], ${bequestsOf(switches)}::uuid[], ${column("g")}::bigint[], ${column("epoch")}::bigint[],
      ${column("revision")}::bigint[], ${column("state")}::text[], ${column("policyHash")}::bytea[],
      ${column("lastSign")}::bytea[], ${column("earliestMs")}::bigint[], ${column("lookAt")}::bigint[],
      ${switches.map(({ requests }) => requests.join(" "))}::text[]
    ) as said (tenant, b, g, epoch, revision, state, policy_hash, last_sign, earliest_ms, look_at, requests)
    where switch_state.tenant = said.tenant and switch_state.b = said.b`.execute(trx);
}

/** Lets these be looked at when that moment comes. */
export async function lookAgainAt(
  trx: ClockTransaction,
  places: readonly SwitchPlace[],
  lookAt: number,
): Promise<void> {
  if (places.length === 0) return;
  await sql`
    update switch_state set look_at = ${lookAt}
    where (tenant, b) in (select * from unnest(${tenantsOf(places)}::uuid[], ${bequestsOf(places)}::uuid[]))`.execute(
    trx,
  );
}

/**
 * Whether a switch still stands where a reminder of it belongs. Why `requested` too: what a recipient asks is what a switch shows, while silence
 * goes on beside it.
 */
export const isRemindedStill = sql`(
  (reminder.phase = 'request' and switch_state.state in ('requested', 'lastCall'))
  or (reminder.phase <> 'request' and switch_state.state in ('reminding', 'grace', 'requested'))
)`;

/** The earliest possible release among the switches that a reminder's mail speaks of; 0 where nothing runs any more. */
export async function readEarliestOfMail(trx: ClockTransaction, mail: string): Promise<number> {
  const { rows } = await sql<{ earliest: number | null }>`
    select min(earliest_ms) as earliest from reminder join switch_state using (tenant, b)
    where reminder.mail = ${pgId(mail)} and switch_state.last_sign = reminder.last_sign
      and ${isRemindedStill}`.execute(trx);
  return rows[0]?.earliest ?? 0;
}
