import { pgId } from "@afterkeep/platform";
import type { Tx } from "../context/call.ts";
import type { DocumentKey } from "./documents.ts";

export type PartRow = { part: number; sha256: Buffer };

/** The parts of a version that are on the disk, in order. */
export async function readParts(tx: Tx, { doc, ver }: DocumentKey): Promise<PartRow[]> {
  return tx
    .selectFrom("document_part")
    .select(["part", "sha256"])
    .where("doc", "=", pgId(doc))
    .where("ver", "=", pgId(ver))
    .orderBy("part")
    .execute();
}

/** The hash of one part; null when it has not arrived. */
export async function readPart(tx: Tx, { doc, ver }: DocumentKey, part: number): Promise<Buffer | null> {
  const row = await tx
    .selectFrom("document_part")
    .select("sha256")
    .where("doc", "=", pgId(doc))
    .where("ver", "=", pgId(ver))
    .where("part", "=", part)
    .executeTakeFirst();
  return row?.sha256 ?? null;
}

export async function countParts(tx: Tx, { doc, ver }: DocumentKey): Promise<number> {
  const counted = await tx
    .selectFrom("document_part")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("doc", "=", pgId(doc))
    .where("ver", "=", pgId(ver))
    .executeTakeFirstOrThrow();
  return counted.n;
}

export async function insertPart(tx: Tx, tenant: string, { doc, ver }: DocumentKey, row: PartRow): Promise<void> {
  await tx
    .insertInto("document_part")
    .values({ tenant: pgId(tenant), doc: pgId(doc), ver: pgId(ver), ...row })
    .execute();
}
