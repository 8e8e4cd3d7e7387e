import { pgId } from "@afterkeep/platform";
import type { Selectable } from "kysely";
import type { Tx } from "../context/call.ts";
import type { ApiTables } from "../services.ts";

export type LinkRow = Selectable<ApiTables["link_token"]>;

export async function insertLink(tx: Tx, link: LinkRow): Promise<void> {
  const recipient = link.recipient === null ? null : pgId(link.recipient);
  await tx
    .insertInto("link_token")
    .values({ ...link, tenant: pgId(link.tenant), recipient })
    .execute();
}

/** A link that is still good at `nowMs` (real time). */
export async function readLink(tx: Tx, hash: Buffer, nowMs: number): Promise<LinkRow | null> {
  const link = await tx.selectFrom("link_token").selectAll().where("hash", "=", hash).executeTakeFirst();
  return link === undefined || (link.expires_at !== null && link.expires_at <= nowMs) ? null : link;
}

/** Earlier links that prove the owner's own address stop working. */
export async function deleteVerifyLinks(tx: Tx): Promise<void> {
  await tx.deleteFrom("link_token").where("kind", "=", "verify").execute();
}

/** Earlier links of a recipient stop working. */
export async function deleteRecipientLinks(tx: Tx, r: string): Promise<void> {
  await tx.deleteFrom("link_token").where("recipient", "=", pgId(r)).execute();
}
