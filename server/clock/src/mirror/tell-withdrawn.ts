import { appendAudit, cancelMail, enqueueMail, pgId } from "@afterkeep/platform";
import type { ClockParts, ClockTransaction } from "../clock-parts.ts";
import { type Owner, readRecipientAddress } from "../people.ts";
import type { VerifiedSwitch } from "./verify-switch.ts";

type Withdrawal = VerifiedSwitch["withdrawn"][number];

/** Keeps signed withdrawals. A recipient who was told of the release is told calmly; a notice that has not left never does. */
export async function tellWithdrawn(
  trx: ClockTransaction,
  parts: ClockParts,
  owner: Owner,
  { withdrawn }: VerifiedSwitch,
): Promise<void> {
  for (const withdrawal of withdrawn) {
    if (await keepWithdrawal(trx, withdrawal)) await tellOne(trx, parts, owner, withdrawal);
  }
}

/** False when it is kept already, or when the grant that it takes back was never seen here. */
async function keepWithdrawal(trx: ClockTransaction, { body, jws }: Withdrawal): Promise<boolean> {
  const kept = await trx
    .updateTable("release_slot")
    .set({ stage: "withdrawn", withdrawn: jws })
    .where("tenant", "=", pgId(body.account))
    .where("decision_id", "=", pgId(body.decisionId))
    .where("r", "=", pgId(body.r))
    .where("withdrawn", "is", null)
    .returning("r")
    .executeTakeFirst();
  return kept !== undefined;
}

async function tellOne(trx: ClockTransaction, parts: ClockParts, owner: Owner, { body }: Withdrawal): Promise<void> {
  const { account: tenant, decisionId, r } = body;
  const nowMs = parts.realClock.nowMs();
  await appendAudit(trx, {
    at: parts.clock.nowMs(),
    account: tenant,
    actor: "clock",
    actorId: "",
    action: "release.withdrawn",
    resource: `recipient:${r}`,
    fields: { decisionId, sign: body.sign },
    requestId: "",
  });
  const told = { tenant, key: `release:${decisionId}:${r}`, nowMs };
  if ((await cancelMail(trx, told)) || !(await hasLeft(trx, told))) return;
  const to = await readRecipientAddress(trx, owner, { tenant, r });
  if (to === null) return;
  const content = { kind: "withdrawn", ownerName: owner.name } as const;
  const key = `withdrawn:${decisionId}:${r}`;
  await enqueueMail(trx, { tenant, key, to, content, recipient: r, dek: owner.dek, nowMs });
}

async function hasLeft(trx: ClockTransaction, { tenant, key }: { tenant: string; key: string }): Promise<boolean> {
  const mail = await trx
    .selectFrom("outbox")
    .select("id")
    .where("tenant", "=", pgId(tenant))
    .where("key", "=", key)
    .where("state", "=", "accepted")
    .executeTakeFirst();
  return mail !== undefined;
}
