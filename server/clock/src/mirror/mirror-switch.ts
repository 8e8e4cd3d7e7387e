import { appendAudit, pgId } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { bytesOf } from "./bytes-of.ts";

/**
 * Writes a switch into the mirror, with an audit leaf when its state changed. False when the database already has newer news: the
 * caller then does nothing. Call with the account locked.
 */
export async function mirrorSwitch(
  trx: ClockTransaction,
  parts: ClockParts,
  epoch: number,
  item: KeyholderSwitch,
): Promise<boolean> {
  const known = await trx
    .selectFrom("switch_state")
    .select(["epoch", "revision", "state"])
    .where("tenant", "=", pgId(item.account))
    .where("b", "=", pgId(item.b))
    .executeTakeFirst();
  if (known !== undefined && isNewer(known, { epoch, revision: item.revision })) return false;
  await saveSwitch(trx, epoch, item);
  if (known?.state !== item.state) await logChange(trx, parts, known?.state ?? "none", item);
  return true;
}

function isNewer(known: { epoch: number; revision: number }, other: { epoch: number; revision: number }): boolean {
  return known.epoch > other.epoch || (known.epoch === other.epoch && known.revision > other.revision);
}

async function saveSwitch(trx: ClockTransaction, epoch: number, item: KeyholderSwitch): Promise<void> {
  const facts = {
    g: item.g,
    epoch,
    revision: item.revision,
    state: item.state,
    policy_hash: bytesOf(item.policyHash),
    last_sign: bytesOf(item.lastSign),
    earliest_ms: item.earliestWallMs,
  };
  await trx
    .insertInto("switch_state")
    .values({ tenant: pgId(item.account), b: pgId(item.b), ...facts })
    .onConflict((conflict) => conflict.columns(["tenant", "b"]).doUpdateSet(facts))
    .execute();
}

async function logChange(trx: ClockTransaction, parts: ClockParts, from: string, item: KeyholderSwitch): Promise<void> {
  await appendAudit(trx, {
    at: parts.clock.nowMs(),
    account: item.account,
    actor: "clock",
    actorId: "",
    action: "switch.changed",
    resource: `bequest:${item.b}`,
    fields: { from, to: item.state, g: item.g, policyHash: item.policyHash },
    requestId: "",
  });
}
