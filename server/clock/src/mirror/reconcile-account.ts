import { inTenant, pgId } from "@afterkeep/platform";
import { StatementError } from "@afterkeep/statements";
import { sql } from "kysely";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";
import type { PinnedKeyholder } from "../keyholder-pin.ts";
import { readOwner } from "../people.ts";
import { mirrorSwitch } from "./mirror-switch.ts";
import { remind } from "./remind.ts";
import { tellRelease } from "./tell-release.ts";
import { tellWithdrawn } from "./tell-withdrawn.ts";
import { type VerifiedSwitch, verifySwitch } from "./verify-switch.ts";

export type AccountNews = { tenant: string; epoch: number; items: readonly KeyholderSwitch[] };

/**
 * Brings one account's mirror, mails and audit leaves up to what the keyholder says, in one transaction with the account locked.
 * Twice, late or in parallel changes nothing. A switch whose decision is not signed by the pinned keyholder is left alone, loudly.
 */
export async function reconcileAccount(parts: ClockParts, pinned: PinnedKeyholder, news: AccountNews): Promise<void> {
  const { tenant, epoch } = news;
  const verified = news.items.flatMap((item) => verifiedOrNone(parts, pinned, item));
  await inTenant(parts.db, { tenant, actor: null }, async (trx) => {
    await lockAccount(trx, tenant);
    const owner = await readOwner(trx, parts.keys, tenant);
    if (owner === null) {
      parts.logger.error(
        { event: "account-unknown", tenant },
        "the keyholder knows an account that the database has not",
      );
      return;
    }
    const fresh: VerifiedSwitch[] = [];
    for (const known of verified) if (await mirrorSwitch(trx, parts, epoch, known.item)) fresh.push(known);
    for (const known of fresh) {
      await tellRelease(trx, parts, owner, known);
      await tellWithdrawn(trx, parts, owner, known);
    }
    await remind(trx, parts, owner, { tenant, items: fresh.map(({ item }) => item) });
  });
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

async function lockAccount(trx: ClockTransaction, tenant: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('afterkeep clock ' || ${pgId(tenant)}::text, 0))`.execute(
    trx,
  );
}
