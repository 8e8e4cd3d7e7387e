import type { CheckInResult } from "@afterkeep/sdk";
import { readKept, writeKept } from "./keep.ts";

const name = "last-receipt";

/** The last answer of the keyholder that this device verified: what is shown while locked or offline. */
export type LastReceipt = { at: number; earliestMs: number | null };

function isLastReceipt(value: unknown): value is LastReceipt {
  return (
    typeof value === "object" &&
    value !== null &&
    "at" in value &&
    typeof value.at === "number" &&
    "earliestMs" in value
  );
}

export async function readLastReceipt(): Promise<LastReceipt | null> {
  const kept = await readKept(name);
  return isLastReceipt(kept) ? kept : null;
}

export async function keepLastReceipt(result: Pick<CheckInResult, "at" | "earliestMs">): Promise<LastReceipt> {
  const kept = { at: result.at, earliestMs: result.earliestMs };
  await writeKept(name, kept);
  return kept;
}
