import { appendAudits } from "@afterkeep/platform";
import { StatementError } from "@afterkeep/statements";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import type { PinnedKeyholder } from "../keyholder-pin.ts";
import { readAttempts } from "../storage/reminders.ts";
import {
  addSwitches,
  type KnownSwitch,
  lockSwitches,
  lookAgainAt,
  saveSwitches,
  type SwitchPlace,
} from "../storage/switch-states.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import { isOlderThan, mirrorOf, nameOfSwitch, newLeaves, placeOf } from "./mirror-of.ts";
import { remind } from "./remind.ts";
import { planReminders, remindersOf } from "./plan-reminders.ts";
import { tellHolds } from "./tell-holds.ts";
import { tellLoosenings } from "./tell-loosenings.ts";
import { tellReleases } from "./tell-releases.ts";
import { tellWithdrawals } from "./tell-withdrawals.ts";
import { type VerifiedSwitch, verifySwitch } from "./verify-switch.ts";

/** What a keyholder of this epoch answered. */
export type Answer = {
  pinned: PinnedKeyholder;
  epoch: number;
  /**
   * The keyholder's own time, which the timer and the reminders go by: clock zones whose walls differ would else each take the other's next look for overdue, or
   * for a wrong clock's, without end.
   */
  nowMs: number;
  items: readonly KeyholderSwitch[];
  /** It was asked while these switches were locked, so nothing that is known of them is newer, whatever it counts. */
  isAskedUnderLock?: boolean;
};

/**
 * Brings mirror, audit leaves, mails and timer of many switches up to what the keyholder says: all of it in the caller's transaction, which
 * sees their tenants. Twice, late or in parallel changes nothing: each switch is locked, and what it is known by decides. What seems to be older is left to the
 * timer, which asks again under the lock: it may be old, or the keyholder's store another copy, of the same epoch or an earlier one. A switch whose decision is not signed by the
 * pinned keyholder is left alone, loudly. Answers those that are mirrored now.
 */
export async function reconcile(trx: ClockTransaction, parts: ClockParts, answer: Answer): Promise<SwitchPlace[]> {
  const { nowMs } = answer;
  const verified = answer.items.flatMap((item) => verifiedOrNone(parts, answer.pinned, item));
  const known = await lockAll(trx, parts, verified);
  const { fresh = [], old = [] } = Object.groupBy(verified, (one) => (isFresh(known, answer, one) ? "fresh" : "old"));
  const items = fresh.map(({ item }) => item);
  const attempts = await readAttempts(trx, items.flatMap(remindersOf));
  const plan = planReminders(items, attempts, nowMs);
  const mirrored = items.map((item) => mirrorOf(item, answer.epoch, plan.nextLookOf(item)));
  await saveSwitches(trx, mirrored);
  await lookAgainAt(
    trx,
    old.map(({ item }) => placeOf(item)),
    nowMs,
  );
  await appendAudits(
    trx,
    items.flatMap((item) => newLeaves(known.get(nameOfSwitch(placeOf(item))), item, parts.clock.nowMs())),
  );
  await tellLoosenings(trx, parts, items);
  await tellHolds(trx, parts, items);
  await tellReleases(trx, parts, fresh);
  await tellWithdrawals(trx, parts, fresh);
  await remind(trx, parts, plan.mails, nowMs);
  return mirrored;
}

type Known = ReadonlyMap<string, KnownSwitch>;

async function lockAll(trx: ClockTransaction, parts: ClockParts, verified: readonly VerifiedSwitch[]): Promise<Known> {
  const places = verified.map(({ item }) => placeOf(item));
  const lock = async () => new Map((await lockSwitches(trx, places)).map((one) => [nameOfSwitch(one), one]));
  const known = await lock();
  const missing = places.filter((place) => !known.has(nameOfSwitch(place)));
  if (missing.length === 0) return known;
  await addSwitches(trx, missing);
  const all = await lock();
  for (const { tenant } of places.filter((place) => !all.has(nameOfSwitch(place)))) {
    parts.logger.error(
      { event: "account-unknown", tenant },
      "the keyholder knows an account that the database has not",
    );
  }
  return all;
}

function isFresh(known: Known, { epoch, isAskedUnderLock = false }: Answer, { item }: VerifiedSwitch): boolean {
  const mirrored = known.get(nameOfSwitch(placeOf(item)));
  if (mirrored === undefined) return false;
  return isAskedUnderLock || !isOlderThan(mirrored, { epoch, revision: item.revision });
}

function verifiedOrNone(parts: ClockParts, pinned: PinnedKeyholder, item: KeyholderSwitch): VerifiedSwitch[] {
  try {
    return [verifySwitch(item, pinned)];
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    parts.logger.error(
      { event: "decision-refused", tenant: item.account, code: error.code },
      "a switch claims a decision that the keyholder did not sign; nothing is done",
    );
    return [];
  }
}
