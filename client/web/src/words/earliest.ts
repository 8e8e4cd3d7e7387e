import type { Receipt } from "@afterkeep/sdk";

/** The earliest moment a verified receipt allows anything to be released; null where nothing runs. Disarmed rows name no moment. */
export function earliestOf(receipt: Pick<Receipt, "rows">): number | null {
  const moments = receipt.rows.filter((row) => row.state !== "disarmed").map((row) => row.earliest.silence);
  return moments.length === 0 ? null : Math.min(...moments);
}
