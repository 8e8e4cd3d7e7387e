import { pgId } from "@afterkeep/platform";
import type { Tx } from "../context/call.ts";

export type LabelChange = { id: string; label: Buffer; expectedRev: number };

/** Compare-and-swap of a sealed label; false when the revision is another one or the row does not exist. */
export async function replaceLabel(tx: Tx, kind: "bequest" | "recipient", change: LabelChange): Promise<boolean> {
  const next = { label: change.label, label_rev: change.expectedRev + 1 };
  const query =
    kind === "bequest"
      ? tx.updateTable("bequest").set(next).where("b", "=", pgId(change.id)).where("label_rev", "=", change.expectedRev)
      : tx
          .updateTable("recipient")
          .set(next)
          .where("r", "=", pgId(change.id))
          .where("label_rev", "=", change.expectedRev);
  return (await query.executeTakeFirst()).numUpdatedRows === 1n;
}
