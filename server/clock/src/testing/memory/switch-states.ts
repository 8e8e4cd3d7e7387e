import type * as real from "../../storage/switch-states.ts";
import { DatabaseError, type MemoryTransaction, statementIn } from "./memory-database.ts";
import { keyOf, type ReminderRow, type SwitchRow } from "./memory-rows.ts";

/** No switch is looked at later than that: one that is further away was put off by a wrong clock. */
const wrongClockMs = 35 * 86_400_000;

export const claimSwitches: typeof real.claimSwitches = async (trx, nowMs, batch) =>
  statementIn(trx, async (own) => {
    const { switch_state } = own.tables;
    const take = (isTaken: (lookAt: number) => boolean) => {
      const free: [string, SwitchRow][] = [];
      for (const [key, row] of own.rows(switch_state))
        if (row.look_at !== null && isTaken(row.look_at) && !own.isHeldElsewhere(switch_state, key))
          free.push([key, row]);
      const taken = free.sort(([, a], [, b]) => (a.look_at ?? 0) - (b.look_at ?? 0)).slice(0, batch);
      for (const [key] of taken) own.take(switch_state, key);
      return taken.map(([, { tenant, b }]) => ({ tenant, b }));
    };
    return [...take((lookAt) => lookAt <= nowMs), ...take((lookAt) => lookAt > nowMs + wrongClockMs)];
  });

/** Of those that are there and seen, once each, by tenant and bequest as bytes. */
function placesInOrder(own: MemoryTransaction, places: readonly { tenant: string; b: string }[]): string[] {
  const bytesOf = ({ tenant, b }: { tenant: string; b: string }) =>
    Buffer.concat([Buffer.from(tenant, "base64url"), Buffer.from(b, "base64url")]);
  const seen = places.filter(({ tenant }) => own.sees(tenant));
  return [...new Set(seen.toSorted((x, y) => Buffer.compare(bytesOf(x), bytesOf(y))).map(keyOf.switch))];
}

export const lockSwitches: typeof real.lockSwitches = async (trx, places) =>
  statementIn(trx, async (own) => {
    const { switch_state } = own.tables;
    const known: Awaited<ReturnType<typeof real.lockSwitches>> = [];
    for (const key of placesInOrder(own, places)) {
      if (own.get(switch_state, key) === undefined) continue;
      await own.lock(switch_state, key);
      const row = own.get(switch_state, key);
      if (row === undefined) continue;
      const { tenant, b, epoch, revision, state, requests } = row;
      known.push({ tenant, b, epoch, revision, state, requests });
    }
    return known;
  });

export const addSwitches: typeof real.addSwitches = async (trx, places) =>
  statementIn(trx, async (own) => {
    const { switch_state, account } = own.tables;
    for (const key of placesInOrder(own, places)) {
      const [tenant = "", b = ""] = key.split(" ");
      if (own.get(account, tenant) === undefined) continue;
      if (!(await own.isFree(switch_state, key))) continue;
      const none = Buffer.alloc(32);
      own.write(switch_state, key, {
        ...{ tenant, b, g: 0, epoch: 0, revision: 0, state: "draft", policy_hash: none, last_sign: none },
        ...{ earliest_ms: 0, look_at: 0, requests: [] },
      });
    }
  });

async function update(
  own: MemoryTransaction,
  place: { tenant: string; b: string },
  change: Partial<SwitchRow>,
): Promise<void> {
  const { switch_state } = own.tables;
  const key = keyOf.switch(place);
  if (!own.sees(place.tenant) || own.get(switch_state, key) === undefined) return;
  await own.lock(switch_state, key);
  const row = own.get(switch_state, key);
  if (row !== undefined) own.write(switch_state, key, { ...row, ...change });
}

export const saveSwitches: typeof real.saveSwitches = async (trx, switches) => {
  if (switches.length === 0) return;
  return statementIn(trx, async (own) => {
    for (const {
      g,
      epoch,
      revision,
      state,
      policyHash,
      lastSign,
      earliestMs,
      lookAt,
      requests,
      ...place
    } of switches) {
      if (policyHash.length !== 32 || lastSign.length !== 32) throw new DatabaseError("switch_state_policy_hash_check");
      const hashes = { policy_hash: policyHash, last_sign: lastSign };
      await update(own, place, {
        ...{ g, epoch, revision, state, ...hashes, earliest_ms: earliestMs, look_at: lookAt },
        requests: [...requests],
      });
    }
  });
};

export const lookAgainAt: typeof real.lookAgainAt = async (trx, places, lookAt) => {
  if (places.length === 0) return;
  return statementIn(trx, async (own) => {
    for (const place of places) await update(own, place, { look_at: lookAt });
  });
};

const remindedWhile: Readonly<Record<string, readonly string[]>> = { request: ["requested", "lastCall"] };

/** The switches that a mail's reminders speak of, where their silence still goes on. */
export function remindedOf(own: MemoryTransaction, mail: string): SwitchRow[] {
  const { reminder, switch_state } = own.tables;
  return own.rowsUnder(reminder, "mail", mail).flatMap(([, row]) => {
    const state = own.sees(row.tenant) ? own.get(switch_state, keyOf.switch(row)) : undefined;
    return state !== undefined && isReminded(row, state) ? [state] : [];
  });
}

function isReminded({ phase, last_sign }: ReminderRow, { state, last_sign: present }: SwitchRow): boolean {
  const states = remindedWhile[phase] ?? ["reminding", "grace", "requested"];
  return present.equals(last_sign) && states.includes(state);
}

export const readEarliestOfMail: typeof real.readEarliestOfMail = async (trx, mail) =>
  statementIn(trx, async (own) => {
    const moments = remindedOf(own, mail).map(({ earliest_ms }) => earliest_ms);
    return moments.length === 0 ? 0 : Math.min(...moments);
  });
