import { appendAudits, type AuditEntry } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { effects } from "../effects.ts";
import { addMails, type PlannedMail, renewMails } from "../storage/outbox.ts";
import { keepReleases, saveStages, type SignedRelease, type SlotName } from "../storage/releases.ts";
import type { VerifiedSwitch } from "./verify-switch.ts";

/**
 * Keeps signed decisions. The owner is told once that each was made, a recipient once, and only when their share is granted. Call with the
 * switches locked.
 */
export async function tellReleases(
  trx: ClockTransaction,
  parts: ClockParts,
  switches: readonly VerifiedSwitch[],
): Promise<void> {
  const decided = switches.flatMap(({ item, release }) =>
    release === null ? [] : [{ item, release: { body: release, jws: item.release } }],
  );
  const releases = decided.map(({ release }) => release);
  const isNew = await keepReleases(trx, releases);
  const begun = releases.filter(({ body }) => isNew.has(body.decisionId));
  const slots = decided.flatMap(({ item, release }) => slotsOf(item, release));
  const standing = await saveStages(trx, slots);
  await appendAudits(
    trx,
    begun.map((release) => leafOf(release, parts.clock.nowMs())),
  );
  const granted = standing.filter(({ stage }) => stage === "granted");
  const notices = granted.map(toRecipient);
  const nowMs = parts.realClock.nowMs();
  await addMails(trx, [...begun.map(toOwner), ...notices], nowMs);
  // Why: what the keyholder said for a while may have cancelled a letter, which is written once and no more, and what it says holds again.
  await renewMails(trx, notices);
}

function slotsOf(item: VerifiedSwitch["item"], { body }: SignedRelease) {
  const named = new Set(body.recipients.map(({ r }) => r));
  return item.slots.flatMap(({ r, stage }) => {
    // What was withdrawn in one decision may be granted in the next; a stage belongs to its decision.
    if (stage === "withdrawn" || !named.has(r)) return [];
    return [{ tenant: body.account, decisionId: body.decisionId, r, stage }];
  });
}

function leafOf({ body }: SignedRelease, nowMs: number): AuditEntry {
  const { account, b, g, decisionId, policyHash, recipients } = body;
  return {
    at: nowMs,
    account,
    actor: "clock",
    actorId: "",
    action: "release.decided",
    resource: `bequest:${b}`,
    fields: { decisionId, g, policyHash, recipients: recipients.length },
    requestId: "",
  };
}

function toOwner({ body }: SignedRelease): PlannedMail {
  return { tenant: body.account, key: effects.releaseBegun(body.decisionId), kind: "release-begun", recipient: null };
}

function toRecipient(slot: SlotName): PlannedMail {
  return { tenant: slot.tenant, key: effects.release(slot), kind: "release", recipient: slot.r };
}
