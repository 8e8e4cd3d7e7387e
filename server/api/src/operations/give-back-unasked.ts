import { DependencyError } from "@afterkeep/platform";
import { firstEpoch } from "@afterkeep/statements";
import { type Call, inTenantOf } from "../context/call.ts";
import { callOfOurs } from "../context/call-of-ours.ts";
import type { Services } from "../services.ts";
import { toWire } from "../access/wire.ts";
import { digestTenants, type KeptAccount, summarizeTenants } from "../storage/lookups.ts";
import { readKeptAfter, readNewestSeq, readPosition } from "../storage/statements.ts";
import { giveBack } from "./give-back-statements.ts";
import { healStatements } from "./heal-statements.ts";
import { showNewestReceipt } from "./show-newest-receipt.ts";

const page = 500;
/** Why so few: the keyholder reads everything of each at one go, and check-ins wait as long. */
const comparedWholeAtOnce = 20;
/** Why no more: a keyholder reads of each at one go, and check-ins wait as long. */
const comparedAtOnce = 200;

/** How far one process has come with giving back everything. In its memory alone. */
export type GivenBack = {
  /** The run of the keyholder that it is for. */
  run: string;
  /** All up to this account had their turn, with it; null before the first. */
  after: string | null;
  isThrough: boolean;
  /** Those who are looked at again: they failed, or lacked something here. */
  readonly again: Set<string>;
  /** Nobody else is begun with: the process stops. */
  isStopping: boolean;
};

export function nothingGivenBack(): GivenBack {
  return { run: "", after: null, isThrough: false, again: new Set(), isStopping: false };
}

/**
 * Tells the keyholder what it may have lost in a restore, without waiting for any owner: how far it had counted for an account of which it knows less, and where its
 * epoch is a new one, everything that owners signed; and takes from it what we lost in a fail-over or a restore of our own. Why unasked: who paused before a
 * long journey asks for nothing, and a pause or a disarm that one of the two lost must not be lost with the other.
 *
 * @param done of this process, from turn to turn; it is changed
 */
export async function giveBackUnasked(services: Services, done: GivenBack = nothingGivenBack()): Promise<void> {
  const call = callOfOurs(services);
  await forEach(services, { tenants: differing(services), done }, async (tenant) => {
    await showNewestReceipt(call, tenant);
    if (await isBehind(call, tenant)) await giveBack(call, tenant, -1);
  });
  const { run, epoch } = await services.keyholder.run({});
  if (epoch !== firstEpoch) await giveBackWhole(services, run, done);
}

/**
 * Everything of every account of which the keyholder knows anything otherwise, once to each run of it; a turn that was broken off goes on where it was. Why to each run, and remembered nowhere but here:
 * a store is put back while its keyholder stands still, also without a trace in it, and a note on any disk can be put back with it. What was there within one run is there.
 *
 * Why those again in the next turn that lacked something here: a fail-over may have lost what was just written, and nobody would look for it again.
 */
async function giveBackWhole(services: Services, run: string, done: GivenBack): Promise<void> {
  const call = callOfOurs(services);
  if (done.run !== run) Object.assign(done, { ...nothingGivenBack(), run, isStopping: done.isStopping });
  const again = [...done.again];
  const look = async (tenant: string): Promise<void> => {
    // Why taken out first: one that always fails then stands behind all others.
    done.again.delete(tenant);
    done.again.add(tenant);
    let stored = 0;
    await healStatements(call, tenant, { isWhole: true, onStored: () => void stored++ });
    await giveBack(call, tenant, -1);
    if (stored === 0) done.again.delete(tenant);
  };
  await forEach(services, { tenants: differingWhole(services, done), done }, look);
  await forEach(services, { tenants: again, done }, look);
}

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

type Round = { readonly tenants: AsyncIterable<string> | Iterable<string>; readonly done: GivenBack };

/** One account's trouble does not keep the others waiting; a keyholder that is away ends it for now. */
async function forEach(
  services: Services,
  { tenants, done }: Round,
  work: (tenant: string) => Promise<void>,
): Promise<void> {
  for await (const tenant of tenants) {
    if (done.isStopping) return;
    try {
      await work(tenant);
    } catch (err) {
      if (err instanceof DependencyError) throw err;
      services.logger.error({ event: "statements-not-given-back", tenant, err });
    }
  }
}

/**
 * Of those who have not had their turn, whom the keyholder knows otherwise than we do, in anything. To look at any of the others would change nothing on either side. Why not all: each
 * start would send all that anybody ever signed to and fro, which is hours where there are a million accounts.
 */
async function* differingWhole(services: Services, done: GivenBack): AsyncGenerator<string> {
  while (!done.isThrough && !done.isStopping) {
    const kept = await digestTenants(services.db, done.after, comparedWholeAtOnce);
    const accounts = kept.map(({ tenant: account, digest }) => ({ account, digest: toWire(digest) }));
    const differ = await compare(services, accounts, () => services.keyholder.compareWhole({ accounts }));
    for (const { tenant, is_unstored } of kept) {
      done.after = tenant;
      if (is_unstored || differ.has(tenant)) yield tenant;
    }
    done.isThrough = kept.length === 0;
  }
}

/** Those whom the keyholder knows otherwise than we do. Why by the hundred: an hour is not long enough to ask about ten million accounts one by one. */
async function* differing(services: Services): AsyncGenerator<string> {
  for (let after: string | null = null; ;) {
    const kept: readonly KeptAccount[] = await summarizeTenants(services.db, after, comparedAtOnce);
    after = kept.at(-1)?.tenant ?? null;
    if (after === null) return;
    const accounts = kept.map(({ tenant: account, seq, digest, epoch, counter }) => {
      return { account, from: Math.max(0, seq), digest: toWire(digest), epoch, counter };
    });
    const differ = await compare(services, accounts, () => services.keyholder.compareAccounts({ accounts }));
    // Why these too: a fail-over may have lost the list of a manifest and not its statement; and a keyholder that counted past what it lost has as many receipts.
    for (const { tenant, is_unstored, is_clashing } of kept)
      if (is_unstored || is_clashing || differ.has(tenant)) yield tenant;
  }
}

type Compared = readonly { readonly account: string }[];

/** Of these the ones that differ. All of them where that cannot be said: each is then asked about by itself, and one's trouble is not another's. */
async function compare(
  { logger }: Services,
  accounts: Compared,
  ask: () => Promise<{ differ: readonly string[] }>,
): Promise<ReadonlySet<string>> {
  try {
    return new Set(accounts.length === 0 ? [] : (await ask()).differ);
  } catch (err) {
    if (err instanceof DependencyError) throw err;
    logger.error({ event: "accounts-not-compared", err });
    return new Set(accounts.map(({ account }) => account));
  }
}
