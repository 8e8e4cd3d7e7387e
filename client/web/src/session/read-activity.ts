import type { VerifiedLog } from "@afterkeep/sdk";
import { afterkeep } from "./afterkeep.ts";

/** An owner's whole log is read in pages; beyond this many the rest waits for the next look. */
const mostPages = 100;

/** Reads on from what was verified before, page by page, until there is no more. Any leaf that does not verify refuses the whole. */
export async function readActivity(known: VerifiedLog | undefined): Promise<VerifiedLog> {
  const leaves = [...(known?.leaves ?? [])];
  for (let page = 0; ; page += 1) {
    const next = await afterkeep.verifyLog((leaves.at(-1)?.index ?? -1) + 1);
    leaves.push(...next.leaves);
    if (next.leaves.length === 0 || page + 1 >= mostPages) return { ...next, leaves };
  }
}
