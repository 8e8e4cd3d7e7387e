import { setTimeout as delay } from "node:timers/promises";
import { DependencyError, inTenant, type Mailer, mailTimes } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { composeMail } from "../mails/compose-mail.ts";
import { type Claim, type ClaimedMail, claimMails, postponeMail } from "../storage/outbox.ts";
import { type Outcome, settleMail } from "./settle-mail.ts";
import { type DueMail, takeMail } from "./take-mail.ts";

export type Delivery = ClockParts & {
  mailer: Mailer;
  /** Mails that are on their way. Whoever stops waits for them, or closes the mailer. */
  underWay: Set<Promise<void>>;
  /** Real ms for which a turn waits for its mails: slower ones go on beside the next turns, and keep no other waiting. */
  turnMs: number;
  /** Ends that waiting. */
  stopping?: AbortSignal;
};

/** Above what one mail can take: what a mail server may, and connections to the database, kms and keyholder, ten seconds each, before it. */
const leaseMs = mailTimes.wholeMs + 120_000;
const batch = 10;
/** Why so many: a server that takes minutes for some must do so for as many before any other waits. Why not more: they shut out who connects so often. */
const mostAtOnce = 40;
const firstRetryMs = 2_000;
/** When a mail is looked at again that could not be opened; ever more rarely, because a keyholder that was restored may never speak again of what it is about. */
const awayRetryMs = 60_000;
/** Far below the hour from which on outbox_claim takes a try for put off while the database's clock was wrong. */
const longestRetryMs = 1_800_000;
const giveUpAfterMs = 5 * 86_400_000;
// Why also tries: in five days there are about 250 of them, and an age alone is the word of a clock that may be in 2040, where no mail server's
// certificate is valid any more.
const giveUpAfterTries = 100;

/**
 * Sends what is due, ten mails in a turn, each claimed for longer than sending it can take so that no two clocks send one. Delivery is at least once:
 * after a crash between the mail server's yes and our commit, the mail leaves again under the same Message-ID. Answers how many
 * were claimed.
 */
export async function deliverMail(delivery: Delivery): Promise<number> {
  const { db, underWay } = delivery;
  const free = Math.min(batch, mostAtOnce - underWay.size);
  if (free <= 0) return 0;
  const claims = await claimMails(db, { leaseMs, batch: free });
  const sendings = claims.map((claim) => {
    const sending = deliverOne(delivery, claim).finally(() => underWay.delete(sending));
    underWay.add(sending);
    return sending;
  });
  await untilTurnIsOver(sendings, delivery);
  return claims.length;
}

async function untilTurnIsOver(sendings: Promise<void>[], { turnMs, stopping }: Delivery): Promise<void> {
  const sent = new AbortController();
  const signal = stopping === undefined ? sent.signal : AbortSignal.any([sent.signal, stopping]);
  const turn = delay(turnMs, undefined, { signal, ref: false }).catch(() => {});
  await Promise.race([Promise.all(sendings), turn]);
  sent.abort();
}

async function deliverOne(delivery: Delivery, claim: Claim): Promise<void> {
  try {
    const mail = await takeOrPutOff(delivery, claim);
    if (mail === null) return;
    const outcome = await attempt(delivery, mail);
    await inAccount(delivery, mail.tenant, (trx) => writeOutcome(trx, delivery, mail, outcome));
  } catch (err) {
    // The claim lapses by itself, and the mail is tried again.
    delivery.logger.warn({ event: "delivery-failed", tenant: claim.tenant, attempt: claim.attempt, err });
  }
}

/** Why put off where kms or keyholder is away: a claim that lapses says that the mail may have left, and nothing was sent, so that was no try either. */
async function takeOrPutOff(delivery: Delivery, claim: Claim): Promise<DueMail | null> {
  try {
    return await takeOrCancel(delivery, claim);
  } catch (err) {
    if (!(err instanceof DependencyError)) throw err;
    delivery.logger.warn({ event: "mail-not-opened", tenant: claim.tenant, attempt: claim.attempt, err });
    await inAccount(delivery, claim.tenant, (trx) => putOff(trx, claim));
    return null;
  }
}

async function takeOrCancel(delivery: Delivery, claim: Claim): Promise<DueMail | null> {
  return inAccount(delivery, claim.tenant, async (trx) => {
    const taken = await takeMail(trx, delivery, claim);
    if (taken === null) return null;
    const { mail, outgoing } = taken;
    if (typeof outgoing === "object") return { ...mail, ...outgoing };
    if (outgoing === "wait") await putOff(trx, claim);
    // Why given up here too: a keyholder that was restored never speaks again of what it decided after the backup.
    else if (outgoing === "never" || isGivenUp(mail, delivery.realClock.nowMs()))
      await settleMail(trx, delivery, mail, "cancelled");
    else await postpone(trx, mail);
    return null;
  });
}

/** What a mail server said: yes, no, not now, or nothing. */
type Answered = Exclude<Outcome, "cancelled" | "failed"> | "later" | "unanswered";

async function writeOutcome(
  trx: ClockTransaction,
  delivery: Delivery,
  mail: ClaimedMail,
  outcome: Answered,
): Promise<void> {
  if (outcome === "accepted" || outcome === "refused") return settleMail(trx, delivery, mail, outcome);
  const tried = { ...mail, mayHaveLeft: mail.mayHaveLeft || outcome === "unanswered" };
  if (isGivenUp(mail, delivery.realClock.nowMs())) return settleMail(trx, delivery, tried, "failed");
  return postpone(trx, tried);
}

async function attempt(delivery: Delivery, mail: DueMail): Promise<Answered> {
  try {
    const { accepted } = await delivery.mailer.sendMail(composeMail(mail, delivery.publicUrl));
    return accepted ? "accepted" : "refused";
  } catch (err) {
    if (!(err instanceof DependencyError)) throw err;
    delivery.logger.warn({ event: "mail-not-taken", name: mail.kind, attempt: mail.attempt, err });
    return err.code === "mail-unanswered" ? "unanswered" : "later";
  }
}

// Why both clocks: whichever of them is in another year, the letter is no older by the other.
function isGivenUp({ createdAtMs, ageMs, attempt }: ClaimedMail, nowMs: number): boolean {
  return attempt >= giveUpAfterTries && Math.min(nowMs - createdAtMs, ageMs) > giveUpAfterMs;
}

async function postpone(trx: ClockTransaction, mail: ClaimedMail): Promise<void> {
  const forMs = Math.min(firstRetryMs * 2 ** Math.min(mail.attempt - 1, 20), longestRetryMs);
  await postponeMail(trx, mail, { forMs });
}

/** As if it had not been claimed. */
async function putOff(trx: ClockTransaction, claim: Claim): Promise<void> {
  const putOffBefore = Math.max(0, claim.claim - claim.attempt);
  const forMs = Math.min(awayRetryMs * 2 ** Math.min(putOffBefore, 20), longestRetryMs);
  await postponeMail(trx, claim, { forMs, isNoTry: true });
}

function inAccount<T>({ db }: Delivery, tenant: string, work: (trx: ClockTransaction) => Promise<T>): Promise<T> {
  return inTenant(db, { tenant, actor: null }, work);
}
