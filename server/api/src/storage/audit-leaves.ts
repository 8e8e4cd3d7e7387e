import type { Tx } from "../context/call.ts";

export type SequencedLeaf = { leaf: Buffer; index: number; at: number };

/** The tenant's leaves that have a place in the tree from `from` (inclusive) and below `size`, in order. */
export async function readSequencedLeaves(
  tx: Tx,
  range: { from: number; size: number; limit: number },
): Promise<SequencedLeaf[]> {
  const rows = await tx
    .selectFrom("audit_leaf")
    .select(["leaf", "sequence_index", "at"])
    .where("tenant", "is not", null)
    .where("sequence_index", ">=", range.from)
    .where("sequence_index", "<", range.size)
    .orderBy("sequence_index")
    .limit(range.limit)
    .execute();
  return rows.flatMap(({ leaf, sequence_index: index, at }) => (index === null ? [] : [{ leaf, index, at }]));
}
