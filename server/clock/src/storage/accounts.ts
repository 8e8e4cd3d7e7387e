import { pgId } from "@afterkeep/platform";
import type { ClockTransaction } from "../clock-parts.ts";

/** The sealed columns that a mail is written from; undefined when the database has no such account. */
export async function findAccount(trx: ClockTransaction, tenant: string) {
  return trx.selectFrom("account").select(["dek", "email", "name"]).where("id", "=", pgId(tenant)).executeTakeFirst();
}

export async function findRecipientAddress(
  trx: ClockTransaction,
  { tenant, r }: { tenant: string; r: string },
): Promise<Buffer | null> {
  const row = await trx
    .selectFrom("recipient")
    .select("email")
    .where("tenant", "=", pgId(tenant))
    .where("r", "=", pgId(r))
    .executeTakeFirst();
  return row?.email ?? null;
}

/** A recipient's address was refused for good. */
export async function noteBounce(trx: ClockTransaction, tenant: string, r: string): Promise<void> {
  await trx
    .updateTable("recipient")
    .set({ bounced: true })
    .where("tenant", "=", pgId(tenant))
    .where("r", "=", pgId(r))
    .execute();
}

/** A link for a recipient that opens what was left to them. Only its hash stays here. Real time. */
export async function addOpenLink(
  trx: ClockTransaction,
  link: { tenant: string; r: string; hash: Buffer; nowMs: number },
): Promise<void> {
  await trx
    .insertInto("link_token")
    .values({
      hash: link.hash,
      tenant: pgId(link.tenant),
      kind: "open",
      recipient: pgId(link.r),
      created_at: link.nowMs,
      expires_at: null,
    })
    .execute();
}
