import { earliestOfRow, type Receipt } from "@afterkeep/sdk";
import { isStill } from "@afterkeep/switch";

/** The earliest moment a verified receipt allows anything to be released; null where nothing runs. What stands still names no moment. */
export function earliestOf(receipt: Pick<Receipt, "rows">): number | null {
  const moments = receipt.rows.filter((row) => !isStill(row.state)).map(earliestOfRow);
  return moments.length === 0 ? null : Math.min(...moments);
}
