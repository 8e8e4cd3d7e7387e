import { type OutgoingMail, openMail, sealMail } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { readOwner } from "../owner.ts";
import { type Claim, type ClaimedMail, lockMail, saveContent } from "../storage/outbox.ts";
import { isStillDue } from "./is-still-due.ts";
import { writeContent } from "./write-content.ts";

/** A mail about to leave. */
export type DueMail = ClaimedMail & OutgoingMail;
/** Null when it was settled, another has claimed it, or its account is gone; without content when it must not leave any more, or not yet. */
type TakenMail = { mail: ClaimedMail; outgoing: OutgoingMail | "never" | "later" | "wait" } | null;

const instead = { no: "never", unsure: "later", wait: "wait" } as const;

/**
 * Opens a claimed mail, looked at again just before it leaves: a reminder of a silence that has ended, or a notice of a share that was taken
 * back, is worse than none. What the clock wrote gets its content now, once: a mail that is sent again is the same mail. Throws
 * DependencyError while the kms or the keyholder is away.
 */
export async function takeMail(trx: ClockTransaction, parts: ClockParts, claim: Claim): Promise<TakenMail> {
  const row = await lockMail(trx, claim);
  const owner = row === null ? null : await readOwner(trx, parts.keys, claim.tenant);
  if (row === null || owner === null) return null;
  const { sealed, created_at: createdAtMs, ...facts } = row;
  const mail = { ...claim, ...facts, createdAtMs };
  const due = await isStillDue(trx, parts, mail);
  if (due !== "yes") return { mail, outgoing: instead[due] };
  if (sealed !== null) return { mail, outgoing: openMail(owner.dek, { ...claim, sealed }) };
  const outgoing = await writeContent(trx, parts, owner, mail);
  if (outgoing === null) return { mail, outgoing: "never" };
  await saveContent(trx, claim.id, sealMail(owner.dek, claim, outgoing));
  // Why the first: claims while the kms or the keyholder was away were no tries, and must not use up a notice's patience.
  return { mail: { ...mail, attempt: 1 }, outgoing };
}
