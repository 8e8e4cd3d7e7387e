import { type MailKind, type OutgoingMail, openMail, sealMail } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { readOwner } from "../owner.ts";
import { type Claim, type ClaimedMail, lockMail, saveContent } from "../storage/outbox.ts";
import { isSilenceGoingOn } from "../storage/reminders.ts";
import { isStillGranted } from "../storage/releases.ts";
import { writeContent } from "./write-content.ts";

const reminderKinds: ReadonlySet<MailKind> = new Set(["reminder", "grace-reminder", "request-reminder"]);

/** A mail about to leave. */
export type DueMail = ClaimedMail & OutgoingMail;
/** Null when it was settled or its account is gone; without content when it must not leave any more. */
type TakenMail = { mail: ClaimedMail; outgoing: OutgoingMail | null } | null;

/**
 * Opens a claimed mail, looked at again just before it leaves: a reminder of a silence that has ended, or a notice of a share that was taken
 * back, is worse than none. What the clock wrote gets its content now, once: a mail that is sent again is the same mail. Throws
 * DependencyError while the kms or the keyholder is away.
 */
export async function takeMail(trx: ClockTransaction, parts: ClockParts, claim: Claim): Promise<TakenMail> {
  const row = await lockMail(trx, claim.id);
  const owner = row === null ? null : await readOwner(trx, parts.keys, claim.tenant);
  if (row === null || owner === null) return null;
  const { sealed, created_at: createdAtMs, ...facts } = row;
  const mail: ClaimedMail = { ...claim, ...facts, createdAtMs };
  if (!(await isStillDue(trx, mail))) return { mail, outgoing: null };
  if (sealed !== null) return { mail, outgoing: openMail(owner.dek, { ...claim, sealed }) };
  const outgoing = await writeContent(trx, parts, owner, mail);
  if (outgoing !== null) await saveContent(trx, claim.id, sealMail(owner.dek, claim, outgoing));
  // Why the first: claims while the kms or the keyholder was away were no tries, and must not use up a notice's patience.
  return { mail: { ...mail, attempt: 1 }, outgoing };
}

async function isStillDue(trx: ClockTransaction, { id, tenant, kind, key }: ClaimedMail): Promise<boolean> {
  if (reminderKinds.has(kind)) return isSilenceGoingOn(trx, id);
  if (kind !== "release") return true;
  const [, decisionId = "", r = ""] = key.split(":");
  return isStillGranted(trx, { tenant, decisionId, r });
}
