import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { replacePrivateFile } from "../keys/private-file.ts";

const highWaterSchema = z.strictObject({ instance: z.string(), counter: z.int().min(0), epoch: z.int().min(0) });
/** How far the store had got. Kept beside it, so that an older copy of the store put back in its place is noticed. */
export type HighWater = z.infer<typeof highWaterSchema>;

const highWaterPath = (folder: string) => join(folder, "high-water");

/** Two places that take turns, so that one which a power cut tore leaves the other. */
const slotLength = 256;

/** The recorded mark; null when there is none. An unreadable one counts as a foreign one. */
export function readHighWater(folder: string): HighWater | null {
  if (!existsSync(highWaterPath(folder))) return null;
  const slots = readFileSync(highWaterPath(folder), "utf8").split("\n").flatMap(readSlot);
  const [newest] = slots.toSorted((a, b) => b.counter - a.counter);
  return newest ?? { instance: "unreadable", counter: Number.MAX_SAFE_INTEGER, epoch: 0 };
}

function readSlot(text: string): HighWater[] {
  try {
    return [highWaterSchema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}

/** The mark of the store that is open. */
export class HighWaterFile {
  readonly #folder: string;
  #file: number | null = null;
  #instance = "";

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Records the mark, before the answer to a statement leaves. Why not waiting for the disk: the process may die, and after a power cut an
   * older mark of the same instance may be found, which is lower than the store and never looks like a restore.
   */
  write(mark: HighWater): void {
    const slot = `${JSON.stringify(mark).padEnd(slotLength - 1)}\n`;
    if (this.#file === null || mark.instance !== this.#instance) {
      this.close();
      // Why anew, and waiting for the disk: what another instance left here may stand higher, and found again it would be one more restore.
      replacePrivateFile(highWaterPath(this.#folder), slot);
      this.#file = openSync(highWaterPath(this.#folder), "r+");
      this.#instance = mark.instance;
    } else {
      writeSync(this.#file, slot, (mark.counter % 2) * slotLength);
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
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
