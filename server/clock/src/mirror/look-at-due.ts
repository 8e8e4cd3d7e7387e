import { DependencyError, inTenants, seeTenants } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { claimSwitches, lockSwitches, lookAgainAt, type SwitchPlace } from "../storage/switch-states.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { nameOfSwitch } from "./mirror-of.ts";
import { lookLater } from "./look-later.ts";
import { type Answer, reconcile } from "./reconcile.ts";

const batch = 600;
/** Why no more: the keyholder describes them at one go, and check-ins wait as long. */
const askedAtOnce = 100;
/** Batches at a time: while one is written, the keyholder is asked about another. */
const lanes = 2;
/** Product ms. In a demo it is over at once, and the next turn goes on. */
const longestLookMs = 3_600_000;
/** For what the keyholder does not know, or knows otherwise than it can be believed. News comes earlier. */
const lookAgainMs = 86_400_000;

/** What the keyholder told before. Why its moment for all: what becomes due while others are looked at must not keep the news waiting. */
type Told = Omit<Answer, "items">;
type Looked = { count: number; nowMs: number };

/**
 * The timer: claims what is due, asks the keyholder about exactly that, and acts, each batch in one transaction that holds what it claimed.
 * What it costs follows what is due, not what is armed. Answers how many switches were looked at.
 */
export async function lookAtDue(parts: ClockParts, keyholder: Told): Promise<number> {
  const looks = Array.from({ length: lanes }, () => lookUntilNone(parts, keyholder));
  // Why all: a lane that runs on after the other failed would meet a closed database.
  const looked = await Promise.allSettled(looks);
  const failed = looked.find((lane) => lane.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return looked.reduce((sum, lane) => sum + (lane.status === "fulfilled" ? lane.value : 0), 0);
}

/**
 * Why it ends where the keyholder's time has gone back, or on by far: what is looked at is put off from now on, which is then due by the moment at which this began, or so
 * far after it that it passes for a wrong clock's. It would be looked at again and again, for as long as that lasts, and no news would be read.
 */
async function lookUntilNone(parts: ClockParts, keyholder: Told): Promise<number> {
  const { nowMs: dueMs } = keyholder;
  const isOver = (nowMs: number) => nowMs < dueMs || nowMs > dueMs + longestLookMs;
  let sum = 0;
  for (
    let looked: Looked = { count: -1, nowMs: dueMs };
    looked.count !== 0 && !isOver(looked.nowMs);
    sum += looked.count
  )
    looked = await lookOnce(parts, keyholder);
  return sum;
}

async function lookOnce(parts: ClockParts, keyholder: Told): Promise<Looked> {
  const asked: SwitchPlace[] = [];
  let { nowMs } = keyholder;
  try {
    return await parts.db.transaction().execute(async (trx) => {
      const claimed = await claimSwitches(trx, keyholder.nowMs, batch);
      if (claimed.length === 0) return { count: 0, nowMs };
      await seeTenants(trx, new Set(claimed.map(({ tenant }) => tenant)));
      const answer = { ...keyholder, ...(await ask(parts, claimed)), isAskedUnderLock: true };
      ({ nowMs } = answer);
      asked.push(...claimed);
      await bringUpTo(trx, parts, claimed, answer);
      return { count: claimed.length, nowMs };
    });
  } catch (err) {
    if (asked.length === 0) throw err;
    parts.logger.warn({ event: "look-failed", err }, "its switches are taken one by one");
    for (const place of asked) await lookAtOne(parts, { ...keyholder, nowMs }, place);
    return { count: asked.length, nowMs };
  }
}

async function bringUpTo(
  trx: ClockTransaction,
  parts: ClockParts,
  places: readonly SwitchPlace[],
  answer: Answer,
): Promise<void> {
  const mirrored = await reconcile(trx, parts, answer);
  await lookAgainAt(trx, without(places, mirrored), answer.nowMs + lookAgainMs);
}

/** Why asked again, under its own lock: what was answered before is not sure to be the newest any more. */
async function lookAtOne(parts: ClockParts, keyholder: Told, place: SwitchPlace): Promise<void> {
  try {
    await inTenants(parts.db, [place.tenant], async (trx) => {
      await lockSwitches(trx, [place]);
      const answer = { ...keyholder, ...(await ask(parts, [place])), isAskedUnderLock: true };
      await bringUpTo(trx, parts, [place], answer);
    });
  } catch (err) {
    if (err instanceof DependencyError) throw err;
    await lookLater(parts, place, { err, nowMs: keyholder.nowMs });
  }
}

async function ask(
  { keyholder }: ClockParts,
  claimed: readonly SwitchPlace[],
): Promise<{ items: KeyholderSwitch[]; nowMs: number }> {
  const items: KeyholderSwitch[] = [];
  let nowMs = 0;
  for (let from = 0; from < claimed.length; from += askedAtOnce) {
    const bequests = claimed.slice(from, from + askedAtOnce).map(({ tenant: account, b }) => ({ account, b }));
    const answer = await keyholder.switches({ bequests });
    items.push(...answer.items);
    nowMs = answer.nowWallMs;
  }
  return { items, nowMs };
}

function without(places: readonly SwitchPlace[], others: readonly SwitchPlace[]): SwitchPlace[] {
  const names = new Set(others.map(nameOfSwitch));
  return places.filter((place) => !names.has(nameOfSwitch(place)));
}
