import { createHash, randomBytes } from "node:crypto";
import { appendAudit, enqueueMail, pgId } from "@afterkeep/platform";
import type { StatementBody } from "@afterkeep/statements";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { type Owner, readRecipientAddress } from "../people.ts";
import type { VerifiedSwitch } from "./verify-switch.ts";

type Release = StatementBody<"release">;

/**
 * Keeps a signed decision, tells the owner once that it was made and how to come back, and tells each recipient whose share is
 * granted, with a fresh link. Call with the account locked.
 */
export async function tellRelease(
  trx: ClockTransaction,
  parts: ClockParts,
  owner: Owner,
  { item, release }: VerifiedSwitch,
): Promise<void> {
  if (release === null) return;
  if (await keepRelease(trx, release, item.release)) await tellOwner(trx, parts, owner, release);
  for (const { r, stage } of item.slots) {
    await saveStage(trx, release, r, stage);
    if (stage === "granted") await tellRecipient(trx, parts, owner, release, r);
  }
}

async function keepRelease(trx: ClockTransaction, release: Release, statement: string): Promise<boolean> {
  const { account, decisionId, b, g, decidedAt } = release;
  const kept = await trx
    .insertInto("release")
    .values({
      tenant: pgId(account),
      decision_id: pgId(decisionId),
      b: pgId(b),
      g,
      statement,
      decided_at: decidedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("decision_id")
    .executeTakeFirst();
  return kept !== undefined;
}

async function tellOwner(trx: ClockTransaction, parts: ClockParts, owner: Owner, release: Release): Promise<void> {
  const { account, decisionId, policyHash, decidedAt, recipients } = release;
  await appendAudit(trx, {
    at: parts.clock.nowMs(),
    account,
    actor: "clock",
    actorId: "",
    action: "release.decided",
    resource: `bequest:${release.b}`,
    fields: { decisionId, g: release.g, policyHash, recipients: recipients.length },
    requestId: "",
  });
  await enqueueMail(trx, {
    tenant: account,
    key: `release-begun:${decisionId}`,
    to: owner.email,
    content: { kind: "release-begun", ownerName: owner.name, decidedAtMs: decidedAt, recipients: recipients.length },
    dek: owner.dek,
    nowMs: parts.realClock.nowMs(),
  });
}

async function tellRecipient(
  trx: ClockTransaction,
  parts: ClockParts,
  owner: Owner,
  release: Release,
  r: string,
): Promise<void> {
  const { account: tenant, decisionId, decidedAt } = release;
  const to = await readRecipientAddress(trx, owner, { tenant, r });
  if (to === null) {
    parts.logger.error({ event: "recipient-unknown", tenant }, "a recipient of a release is not in the database");
    return;
  }
  const token = randomBytes(32);
  const nowMs = parts.realClock.nowMs();
  const content = { kind: "release", ownerName: owner.name, token: token.toString("base64url"), decidedAtMs: decidedAt } as const; // prettier-ignore
  const key = `release:${decisionId}:${r}`;
  const mail = await enqueueMail(trx, { tenant, key, to, content, recipient: r, dek: owner.dek, nowMs });
  if (mail !== null) await addLink(trx, { tenant, r, token, nowMs });
}

async function addLink(
  trx: ClockTransaction,
  link: { tenant: string; r: string; token: Uint8Array; nowMs: number },
): Promise<void> {
  await trx
    .insertInto("link_token")
    .values({
      hash: createHash("sha256").update(link.token).digest(),
      tenant: pgId(link.tenant),
      kind: "open",
      recipient: pgId(link.r),
      created_at: link.nowMs,
      expires_at: null,
    })
    .execute();
}

async function saveStage(
  trx: ClockTransaction,
  release: Release,
  r: string,
  stage: VerifiedSwitch["item"]["slots"][number]["stage"],
): Promise<void> {
  // What was withdrawn in one decision may be granted in the next; a stage belongs to its decision.
  if (stage === "withdrawn" || !release.recipients.some((recipient) => recipient.r === r)) return;
  await trx
    .insertInto("release_slot")
    .values({
      tenant: pgId(release.account),
      decision_id: pgId(release.decisionId),
      r: pgId(r),
      stage,
      withdrawn: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant", "decision_id", "r"])
        .doUpdateSet({ stage })
        .where("release_slot.withdrawn", "is", null),
    )
    .execute();
}
