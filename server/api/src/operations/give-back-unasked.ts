import { randomUUID } from "node:crypto";
import { DependencyError } from "@afterkeep/platform";
import { firstEpoch } from "@afterkeep/statements";
import { type Call, inTenantOf } from "../context/call.ts";
import { callOfOurs } from "../context/call-of-ours.ts";
import type { Services } from "../services.ts";
import { toWire } from "../access/wire.ts";
import { beginGivingBack, isGivenBack, type KeyholderHistory, noteGivenBack } from "../storage/given-back.ts";
import { type KeptAccount, listTenants, summarizeTenants } from "../storage/lookups.ts";
import { readKeptAfter, readNewestSeq, readPosition } from "../storage/statements.ts";
import { giveBack } from "./give-back-statements.ts";
import { healStatements } from "./heal-statements.ts";
import { showNewestReceipt } from "./show-newest-receipt.ts";

const page = 500;
/** Why no more: a keyholder reads of each at one go, and check-ins wait as long. */
const comparedAtOnce = 200;

/**
 * Tells the keyholder what it may have lost in a restore, without waiting for any owner: how far it had counted for an account of which it knows less, and where its
 * epoch is a new one, everything that owners signed; and takes from it what we lost in a fail-over or a restore of our own. Why unasked: who paused before a
 * long journey asks for nothing, and a pause or a disarm that one of the two lost must not be lost with the other.
 */
export async function giveBackUnasked(services: Services): Promise<void> {
  const call = callOfOurs(services);
  await forEach(services, differing(services), async (tenant) => {
    await showNewestReceipt(call, tenant);
    if (await isBehind(call, tenant)) await giveBack(call, tenant, -1);
  });
  const history = await services.keyholder.history({});
  if (history.epoch === firstEpoch || (await isGivenBack(services.db, history))) return;
  await giveBackWhole(services, history);
}

/**
 * Everything of every account, and noted as done where nothing failed. Until then the next hour does it again.
 *
 * Why those again that lacked something here: a fail-over meanwhile may have lost what was just written, and nobody would look for it again. The second look comes
 * after a new beginning was written, so that one which lost the first look's writes either shows in it, or has lost that beginning too and is not noted.
 */
async function giveBackWhole(services: Services, begun: KeyholderHistory): Promise<void> {
  const call = callOfOurs(services);
  for (let tenants: Tenants = everyTenant(services); ;) {
    const turn = randomUUID();
    await beginGivingBack(services.db, turn);
    const lacking = new Set<string>();
    const isWhole = await forEach(services, tenants, async (tenant) => {
      await healStatements(call, tenant, { isWhole: true, onStored: () => lacking.add(tenant) });
      await giveBack(call, tenant, -1);
    });
    if (!isWhole) return;
    const history = await services.keyholder.history({});
    // Why: one that was put back meanwhile has lost what it was given before that.
    if (history.instance !== begun.instance || history.commits < begun.commits) return;
    if (lacking.size === 0) return noteGivenBack(services.db, turn, history);
    tenants = lacking;
  }
}
type Tenants = AsyncIterable<string> | Iterable<string>;

/**
 * Whether the keyholder lacks anything that was accepted with or after the newest of the chain; what it has, we have then too. Why not by its epoch
 * alone: one whose mark was lost with its store may count a new one like an old one.
 */
async function isBehind(call: Call, tenant: string): Promise<boolean> {
  const theirs = await healStatements(call, tenant);
  const ours = await inTenantOf(call, tenant, async (tx) =>
    readKeptAfter(tx, await readPosition(tx, (await readNewestSeq(tx)) - 1), page),
  );
  return ours.some(({ jws }) => !theirs.has(jws));
}

/** Whether all went well. One account's trouble does not keep the others waiting; a keyholder that is away ends it for now. */
async function forEach(
  services: Services,
  tenants: Tenants,
  work: (tenant: string) => Promise<void>,
): Promise<boolean> {
  let isWhole = true;
  for await (const tenant of tenants) {
    try {
      await work(tenant);
    } catch (err) {
      if (err instanceof DependencyError) throw err;
      isWhole = false;
      services.logger.error({ event: "statements-not-given-back", tenant, err });
    }
  }
  return isWhole;
}

async function* everyTenant({ db }: Services): AsyncGenerator<string> {
  for (let after: string | null = null; ;) {
    const tenants: readonly string[] = await listTenants(db, after, page);
    yield* tenants;
    after = tenants.at(-1) ?? null;
    if (after === null) return;
  }
}

/** Those whom the keyholder knows otherwise than we do. Why by the hundred: an hour is not long enough to ask about ten million accounts one by one. */
async function* differing(services: Services): AsyncGenerator<string> {
  for (let after: string | null = null; ;) {
    const kept: readonly KeptAccount[] = await summarizeTenants(services.db, after, comparedAtOnce);
    after = kept.at(-1)?.tenant ?? null;
    if (after === null) return;
    const differ = await compare(services, kept);
    // Why these too: a fail-over may have lost the list of a manifest and not its statement, which tells nobody.
    for (const { tenant, is_unstored: isUnstored } of kept) if (isUnstored || differ.has(tenant)) yield tenant;
  }
}

/** Of these the ones that differ. All of them where that cannot be said: each is then asked about by itself, and one's trouble is not another's. */
async function compare({ keyholder, logger }: Services, kept: readonly KeptAccount[]): Promise<ReadonlySet<string>> {
  const accounts = kept.map(({ tenant: account, seq, digest, epoch, counter }) => {
    return { account, from: Math.max(0, seq), digest: toWire(digest), epoch, counter };
  });
  try {
    return new Set((await keyholder.compareAccounts({ accounts })).differ);
  } catch (err) {
    if (err instanceof DependencyError) throw err;
    logger.error({ event: "accounts-not-compared", err });
    return new Set(accounts.map(({ account }) => account));
  }
}
