import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { replacePrivateFile } from "../keys/private-file.ts";

const highWaterSchema = z.strictObject({ instance: z.string(), counter: z.int().min(0), epoch: z.int().min(0) });
/** How far the store had got. Kept beside it, so that an older copy of the store put back in its place is noticed. */
export type HighWater = z.infer<typeof highWaterSchema>;

const highWaterPath = (folder: string) => join(folder, "high-water");

/** The recorded mark; null when there is none. An unreadable one counts as a foreign one. */
export function readHighWater(folder: string): HighWater | null {
  if (!existsSync(highWaterPath(folder))) return null;
  try {
    return highWaterSchema.parse(JSON.parse(readFileSync(highWaterPath(folder), "utf8")));
  } catch {
    return { instance: "unreadable", counter: Number.MAX_SAFE_INTEGER, epoch: 0 };
  }
}

/**
 * Records the mark, before the answer to a statement leaves. After a power cut an older mark may be found: then it is lower than
 * the store, which never looks like a restore.
 */
export function writeHighWater(folder: string, mark: HighWater): void {
  replacePrivateFile(highWaterPath(folder), JSON.stringify(mark));
}

/**
 * Whether this store is an older copy than the one that ran here last.
 *
 * Why a missing mark counts: whoever puts an old store back could also delete the mark; only a store that never committed
 * twice may lack one.
 */
export function isRestored(mark: HighWater | null, store: HighWater): boolean {
  if (mark === null) return store.counter > 1;
  return mark.instance !== store.instance || mark.counter > store.counter;
}
