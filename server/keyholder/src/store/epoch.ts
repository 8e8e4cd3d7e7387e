import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Store } from "./store.ts";

const epochSchema = z.object({ epoch: z.int() });

/** Grows with each restore, so that no receipt of an older store looks newer than one already seen. */
export function readEpoch(store: Store): number {
  return store.one("select epoch from keyholder", epochSchema).epoch;
}

/** More changes than one epoch ever shows: a reader's cursor from before the restore is below everything after it. */
const revisionJump = 1_000_000_000;

/** Faster than a keyholder can ever count. Its product with the wall time is an exact integer until the year 2255. */
const revisionsPerMs = 1_000;

/**
 * Begins a new epoch after a restore, above every one that ran here. Call inside a commit.
 * @param above an epoch that is known from elsewhere
 * @param realMs the machine's wall time
 *
 * Why a new instance: a second old copy, taken before this restore, then never passes for the present store, whatever its counter.
 *
 * Why the revision is of the wall time too: where the mark beside the store was deleted, two restores get one epoch, and a reader that had read on
 * after the first would take what comes after the second for old news, and tell nobody of it.
 */
export function raiseEpoch(store: Store, { above = 0, realMs }: { above?: number | undefined; realMs: number }): void {
  const epoch = Math.max(readEpoch(store), store.markedEpoch, above) + 1;
  store.run("update keyholder set epoch = ?, instance = ?", epoch, randomUUID());
  store.revision = Math.max(store.revision + revisionJump, realMs * revisionsPerMs);
}
